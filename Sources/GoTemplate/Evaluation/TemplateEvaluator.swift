/// Expands one template once.
///
/// The limits hold because templates can loop over the results of queries and invoke themselves.
struct TemplateEvaluator {
    /// Longer than any useful label or annotation; a `range` over a large result could exceed it.
    static let maximumOutputBytes = 64 << 10

    /// Far more than a text needs; nested loops and templates that invoke themselves reach it.
    static let maximumSteps = 1_000_000
    static let maximumDepth = 50

    let data: TemplateData
    private let definitions: [String: [TemplateNode]]
    private var output = ""
    private var steps = 0
    private var depth = 0
    private var variables: [(name: String, value: TemplateValue)]
    private let root: TemplateValue

    init(data: TemplateData, definitions: [String: [TemplateNode]]) {
        self.data = data
        self.definitions = definitions
        root = .fields([
            "Labels": .labels(data.labels), "ExternalLabels": .labels(data.externalLabels),
            "ExternalURL": .string(data.externalURL), "Value": .number(data.value),
        ])
        variables = [
            ("$", root), ("$labels", .labels(data.labels)),
            ("$externalLabels", .labels(data.externalLabels)),
            ("$externalURL", .string(data.externalURL)), ("$value", .number(data.value)),
        ]
    }

    mutating func expand(_ nodes: [TemplateNode]) throws(TemplateError) -> String {
        _ = try run(nodes, dot: root)
        return output
    }

    // MARK: Nodes

    /// How a list of nodes ended.
    private enum Exit {
        case finished, exitLoop, nextIteration
    }

    private mutating func run(
        _ nodes: [TemplateNode],
        dot: TemplateValue
    ) throws(TemplateError) -> Exit {
        let scope = variables.count
        defer { variables.removeSubrange(scope...) }
        for node in nodes {
            steps += 1
            guard steps <= Self.maximumSteps else {
                throw TemplateError("more than \(Self.maximumSteps) steps")
            }
            switch node {
            case .text(let text): try write(text)
            case .action(let pipeline):
                let value = try evaluate(pipeline, dot)
                if pipeline.variables.isEmpty { try write(value.text) }
            case .conditional(let branch):
                let exit = try runBranch(branch, dot: dot, setsDot: false)
                if exit != .finished { return exit }
            case .with(let branch):
                let exit = try runBranch(branch, dot: dot, setsDot: true)
                if exit != .finished { return exit }
            case .range(let branch): try runLoop(branch, dot: dot)
            case .invocation(let name, let pipeline): try invoke(name, pipeline, dot: dot)
            case .exitLoop: return .exitLoop
            case .nextIteration: return .nextIteration
            }
        }
        return .finished
    }

    private mutating func invoke(
        _ name: String,
        _ pipeline: TemplatePipeline?,
        dot: TemplateValue
    ) throws(TemplateError) {
        guard depth < Self.maximumDepth else {
            throw TemplateError("exceeded maximum template depth (\(Self.maximumDepth))")
        }
        let argument =
            if let pipeline { try evaluate(pipeline, dot) } else { TemplateValue.nothing }
        let outer = variables
        depth += 1
        defer {
            variables = outer
            depth -= 1
        }
        variables = [("$", argument)]
        _ = try run(definitions[name] ?? [], dot: argument)
    }

    private mutating func runBranch(
        _ branch: TemplateBranch,
        dot: TemplateValue,
        setsDot: Bool
    ) throws(TemplateError) -> Exit {
        let scope = variables.count
        defer { variables.removeSubrange(scope...) }
        let value = try evaluate(branch.pipeline, dot)
        guard value.isTrue else { return try run(branch.otherwise, dot: dot) }
        return try run(branch.body, dot: setsDot ? value : dot)
    }

    private mutating func runLoop(
        _ branch: TemplateBranch,
        dot: TemplateValue
    ) throws(TemplateError) {
        let scope = variables.count
        defer { variables.removeSubrange(scope...) }
        var loop = branch.pipeline
        let names = loop.variables
        loop.variables = []
        let elements = try elements(of: try evaluate(loop, dot))
        if elements.isEmpty { _ = try run(branch.otherwise, dot: dot) }
        for (key, element) in elements {
            variables.removeSubrange(scope...)
            if names.count == 2 { variables.append((names[0], key)) }
            if let last = names.last { variables.append((last, element)) }
            if try run(branch.body, dot: element) == .exitLoop { return }
        }
    }

    private func elements(
        of value: TemplateValue
    ) throws(TemplateError) -> [(TemplateValue, TemplateValue)] {
        switch value {
        case .nothing: return []
        case .list(let values):
            return values.enumerated().map { (.integer(Int64($0.offset)), $0.element) }
        case .labels(let map):
            return map.sorted { $0.key < $1.key }.map { (.string($0.key), .string($0.value)) }
        case .map(let map):
            return map.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }
        default: throw TemplateError("range can't iterate over \(value.text)")
        }
    }

    private mutating func write(_ text: String) throws(TemplateError) {
        output += text
        guard output.utf8.count <= Self.maximumOutputBytes else {
            throw TemplateError("the text is longer than \(Self.maximumOutputBytes) bytes")
        }
    }

    // MARK: Pipelines

    private mutating func evaluate(
        _ pipeline: TemplatePipeline,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var value: TemplateValue?
        for command in pipeline.commands {
            value = try evaluate(command, piped: value, dot)
        }
        let result = value ?? .nothing
        for name in pipeline.variables {
            if pipeline.isAssignment,
                let index = variables.lastIndex(where: { $0.name == name })
            {
                variables[index].value = result
            } else {
                variables.append((name, result))
            }
        }
        return result
    }

    private mutating func evaluate(
        _ command: TemplateCommand,
        piped: TemplateValue?,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        do throws(TemplateError) {
            guard case .function(let function) = command.first else {
                return try evaluate(command.first, dot)
            }
            return try call(function, command.arguments, piped: piped, dot)
        } catch {
            guard !error.message.hasPrefix("executing at") else { throw error }
            throw TemplateError("executing at <\(command.text)>: \(error.message)")
        }
    }

    private mutating func evaluate(
        _ operand: TemplateOperand,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        switch operand {
        case .literal(let value): return value
        case .dot: return dot
        case .variable(let name): return variables.last { $0.name == name }?.value ?? .nothing
        case .pipeline(let pipeline): return try evaluate(pipeline, dot)
        case .function(let function): return try call(function, [], piped: nil, dot)
        case .fields(let base, let names):
            var value = try evaluate(base, dot)
            for name in names { value = try field(name, of: value) }
            return value
        }
    }

    private func field(
        _ name: String,
        of value: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        switch value {
        case .labels(let labels): return .string(labels[name] ?? "")
        case .map(let map): return map[name] ?? .nothing
        case .fields(let fields):
            if let field = fields[name] { return field }
        case .sample(let sample):
            if name == "Labels" { return .labels(sample.labels) }
            if name == "Value" { return .number(sample.value) }
        default: break
        }
        throw TemplateError("can't evaluate field \(name) in type \(value.typeName)")
    }

    private mutating func call(
        _ function: TemplateFunction,
        _ operands: [TemplateOperand],
        piped: TemplateValue?,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var values: [TemplateValue] = []
        for operand in operands {
            let value = try evaluate(operand, dot)
            // `and` and `or` evaluate no operand after the one that decides.
            if function == .and, !value.isTrue { return value }
            if function == .or, value.isTrue { return value }
            values.append(value)
        }
        if let piped { values.append(piped) }
        guard function.arity.contains(values.count) else {
            throw TemplateError(
                "wrong number of args for \(function.rawValue): got \(values.count)"
            )
        }
        do throws(TemplateError) {
            return try TemplateCall(function: function, values: values, data: data).result()
        } catch {
            throw TemplateError("error calling \(function.rawValue): \(error.message)")
        }
    }
}
