/// The syntax tree of a template.
indirect enum TemplateNode: Sendable {
    case text(String)
    /// `{{ pipeline }}`; prints nothing if the pipeline sets variables.
    case action(TemplatePipeline)
    case conditional(TemplateBranch)
    /// `{{ with pipeline }}`: like `if`, with the dot set to the value.
    case with(TemplateBranch)
    case range(TemplateBranch)
    /// `{{ template "name" pipeline }}`: expands the template of that name with the value as its
    /// dot.
    case invocation(name: String, TemplatePipeline?)
    case exitLoop
    case nextIteration
}

struct TemplateBranch: Sendable {
    var pipeline: TemplatePipeline
    var body: [TemplateNode]
    var otherwise: [TemplateNode]
}

/// Commands joined by `|`: the result of each becomes the last argument of the next.
struct TemplatePipeline: Sendable {
    /// The variables that take the result; two only in `range $index, $element := ...`.
    var variables: [String] = []
    /// Whether it is `=`, which sets an existing variable, rather than `:=`, which declares one.
    var isAssignment = false
    var commands: [TemplateCommand] = []
}

/// One stage of a pipeline: a value, or a function with its arguments.
struct TemplateCommand: Sendable {
    var first: TemplateOperand
    var arguments: [TemplateOperand] = []
    /// As written, for error messages.
    var text: String
}

indirect enum TemplateOperand: Sendable {
    case literal(TemplateValue)
    case dot
    case variable(String)
    case function(TemplateFunction)
    case pipeline(TemplatePipeline)
    /// `.a.b` after an operand. The operand `.dot` is not written.
    case fields(TemplateOperand, [String])
}
