import GoText

/// The syntax tree of a template.
indirect enum TemplateNode: Sendable {
    case text(String)
    /// `{{ pipeline }}`; prints nothing if the pipeline sets variables.
    case action(TemplatePipeline)
    case conditional(TemplateBranch)
    /// `{{ with pipeline }}`: like `if`, with the dot set to the value.
    case with(TemplateBranch)
    case range(TemplateBranch)
    case invocation(TemplateInvocation)
    case exitLoop
    case nextIteration
}

struct TemplateBranch: Sendable {
    var pipeline: TemplatePipeline
    var body: [TemplateNode]
    var otherwise: [TemplateNode]
}

/// `{{ template "name" pipeline }}`: expands the template of that name with the value as its dot.
struct TemplateInvocation: Sendable {
    var name: String
    var argument: TemplatePipeline?
    var offset: Int
}

/// Commands joined by `|`: the result of each becomes the last argument of the next.
struct TemplatePipeline: Sendable {
    /// The variables that take the result; two only in `range $index, $element := ...`.
    var variables: [String] = []
    /// Whether it is `=`, which sets an existing variable, rather than `:=`, which declares one.
    var isAssignment = false
    var commands: [TemplateCommand] = []
    var offset: Int
}

/// One stage of a pipeline: a value, or a function with its arguments.
struct TemplateCommand: Sendable {
    var first: TemplateOperand
    var arguments: [TemplateOperand] = []
}

struct TemplateOperand: Sendable {
    indirect enum Kind: Sendable {
        case literal(TemplateValue, written: String)
        /// An integer that Go reads but cannot use, because it is beyond `int`.
        case overflowing(String)
        case dot
        case variable(String)
        case function(TemplateFunction)
        case pipeline(TemplatePipeline)
        /// `.a.b` after an operand. The operand `.dot` is not written.
        case fields(TemplateOperand, [String])
    }

    var kind: Kind
    /// Where Go places the operand: the first field after another operand, otherwise the start.
    var offset: Int
}

/// A part of a template that an error can be about.
enum TemplatePart {
    case operand(TemplateOperand)
    case command(TemplateCommand)
    case pipeline(TemplatePipeline)
    case invocation(TemplateInvocation)

    /// The place in the source, in Unicode scalars from its start.
    var offset: Int {
        switch self {
        case .operand(let operand): operand.offset
        case .command(let command): command.first.start
        case .pipeline(let pipeline): pipeline.offset
        case .invocation(let invocation): invocation.offset
        }
    }
}

// MARK: Text

/// The form in which Go's messages show the part: with the literals as written, but with normal
/// spaces.
extension TemplatePart: CustomStringConvertible {
    var description: String {
        switch self {
        case .operand(let operand): operand.description
        case .command(let command): command.description
        case .pipeline(let pipeline): pipeline.description
        case .invocation(let invocation):
            "{{template \(invocation.name.goQuoted)"
                + (invocation.argument.map { " \($0)" } ?? "") + "}}"
        }
    }
}

extension TemplatePipeline: CustomStringConvertible {
    var description: String {
        let target = variables.joined(separator: ", ") + (isAssignment ? " = " : " := ")
        return (variables.isEmpty ? "" : target)
            + commands.map(\.description).joined(separator: " | ")
    }
}

extension TemplateCommand: CustomStringConvertible {
    var description: String {
        ([first] + arguments).map { operand in
            if case .pipeline(let pipeline) = operand.kind { "(\(pipeline))" } else { "\(operand)" }
        }.joined(separator: " ")
    }
}

extension TemplateOperand: CustomStringConvertible {
    var description: String {
        switch kind {
        case .literal(_, let written), .overflowing(let written): written
        case .dot: "."
        case .variable(let name): name
        case .function(let function): function.rawValue
        case .pipeline(let pipeline): pipeline.description
        case .fields(let base, let names): base.prefix + names.map { ".\($0)" }.joined()
        }
    }

    /// As it stands before a field.
    private var prefix: String {
        switch kind {
        case .dot: ""
        case .pipeline(let pipeline): "(\(pipeline))"
        default: description
        }
    }

    /// The start of the operand itself, also if Go places it at its first field.
    var start: Int {
        if case .fields(let base, _) = kind { base.offset } else { offset }
    }
}
