/// The parts of a template.
indirect enum TemplateNode: Sendable {
    case text(String)
    /// `{{ pipeline }}`; prints nothing when the pipeline only sets variables.
    case action(TemplatePipeline)
    case conditional(TemplateBranch)
    /// `{{ with pipeline }}`: as `if`, with the dot set to the value.
    case with(TemplateBranch)
    case range(TemplateBranch)
    /// `{{ template "name" pipeline }}`: what `{{ define }}` gave a name to, with the value as its
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
    /// Variables that take the result; two only in `range $index, $element := ...`.
    var variables: [String] = []
    /// `=` sets a variable that exists, `:=` makes a new one.
    var isAssignment = false
    var commands: [TemplateCommand] = []
}

/// A value, or a function with its arguments.
struct TemplateCommand: Sendable {
    var first: TemplateOperand
    var arguments: [TemplateOperand] = []
    /// As written, for messages.
    var text: String
}

indirect enum TemplateOperand: Sendable {
    case literal(TemplateValue)
    case dot
    case variable(String)
    case function(TemplateFunction)
    case pipeline(TemplatePipeline)
    /// `.a.b` after an operand; after `.dot` the leading operand is not written.
    case fields(TemplateOperand, [String])
}
