import GoText

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
    /// Whether the evaluation looks for errors without data: it enters all branches, takes unknown
    /// values for what data would decide, and goes on after an error.
    let isRehearsal: Bool
    private let source: TemplateSource
    private let definitions: [String: [TemplateNode]]
    private var output = ""
    private var steps = 0
    private var depth = 0
    private var variables: [(name: String, value: TemplateValue)]
    private let root: TemplateValue
    /// The part that Go would name if an error occurred now.
    private var current: TemplatePart?
    /// The named template that is being expanded.
    private var templateName: String
    private var problems: [TemplateError] = []
    private var rehearsedNames: Set<String> = []

    init(source: TemplateSource, data: TemplateData, definitions: [String: [TemplateNode]]) {
        self.init(
            source: source,
            data: data,
            root: [
                "Labels": .labels(data.labels), "ExternalLabels": .labels(data.externalLabels),
                "ExternalURL": .string(data.externalURL), "Value": .number(data.value),
            ],
            isRehearsal: false,
            definitions: definitions
        )
    }

    init(
        source: TemplateSource,
        rehearsing query: @escaping (String) throws(TemplateError) -> [TemplateSample],
        definitions: [String: [TemplateNode]]
    ) {
        self.init(
            source: source,
            data: TemplateData(
                labels: [:],
                value: 0,
                externalLabels: [:],
                externalURL: "",
                query: query,
                now: 0
            ),
            root: [
                "Labels": .unknown("map[string]string"),
                "ExternalLabels": .unknown("map[string]string"),
                "ExternalURL": .unknown("string"), "Value": .unknown("float64"),
            ],
            isRehearsal: true,
            definitions: definitions
        )
    }

    private init(
        source: TemplateSource,
        data: TemplateData,
        root: [String: TemplateValue],
        isRehearsal: Bool,
        definitions: [String: [TemplateNode]]
    ) {
        (self.source, self.data, self.isRehearsal) = (source, data, isRehearsal)
        self.definitions = definitions
        self.root = .fields(root)
        templateName = source.name
        let named = [
            ("$labels", "Labels"), ("$externalLabels", "ExternalLabels"),
            ("$externalURL", "ExternalURL"), ("$value", "Value"),
        ]
        variables = [("$", self.root)] + named.map { ($0.0, root[$0.1] ?? .nothing) }
    }

    mutating func expand(_ nodes: [TemplateNode]) throws(TemplateError) -> String {
        _ = try run(nodes, dot: root)
        return output
    }

    /// The errors that an expansion would meet, without repetitions.
    mutating func rehearse(_ nodes: [TemplateNode]) -> [TemplateError] {
        do throws(TemplateError) { _ = try run(nodes, dot: root) } catch { note(error) }
        return problems
    }

    private mutating func note(_ problem: TemplateError) {
        if !problems.contains(problem) { problems.append(problem) }
    }

    mutating func enter(_ part: TemplatePart) { current = part }

    /// An error about the part that was entered last.
    func failure(_ message: String) -> TemplateError {
        guard let current else { return TemplateError("template: \(source.name): \(message)") }
        return source.error(message, at: current, of: templateName)
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
                throw failure("more than \(Self.maximumSteps) steps")
            }
            do throws(TemplateError) {
                let exit = try run(node, dot: dot)
                if exit != .finished, !isRehearsal { return exit }
            } catch {
                guard isRehearsal else { throw error }
                note(error)
            }
        }
        return .finished
    }

    private mutating func run(
        _ node: TemplateNode,
        dot: TemplateValue
    ) throws(TemplateError) -> Exit {
        switch node {
        case .text(let text): try write(text)
        case .action(let pipeline):
            let value = try rehearsable(pipeline, dot)
            if pipeline.variables.isEmpty, !isRehearsal { try write(value.text) }
        case .conditional(let branch): return try run(branch, dot: dot, setsDot: false)
        case .with(let branch): return try run(branch, dot: dot, setsDot: true)
        case .range(let branch): try runLoop(branch, dot: dot)
        case .invocation(let invocation): try invoke(invocation, dot: dot)
        case .exitLoop: return .exitLoop
        case .nextIteration: return .nextIteration
        }
        return .finished
    }

    private mutating func invoke(
        _ invocation: TemplateInvocation,
        dot: TemplateValue
    ) throws(TemplateError) {
        enter(.invocation(invocation))
        guard let nodes = definitions[invocation.name] else {
            throw failure("template \(invocation.name.goQuoted) not defined")
        }
        guard depth < Self.maximumDepth else {
            throw failure("exceeded maximum template depth (\(Self.maximumDepth))")
        }
        let argument =
            if let pipeline = invocation.argument {
                try evaluate(pipeline, dot)
            } else {
                TemplateValue.nothing
            }
        // Once is enough to find its errors.
        if isRehearsal, !rehearsedNames.insert(invocation.name).inserted { return }
        let outer = (variables, templateName)
        depth += 1
        defer {
            (variables, templateName) = outer
            depth -= 1
        }
        (variables, templateName) = ([("$", argument)], invocation.name)
        _ = try run(nodes, dot: argument)
    }

    private mutating func run(
        _ branch: TemplateBranch,
        dot: TemplateValue,
        setsDot: Bool
    ) throws(TemplateError) -> Exit {
        let scope = variables.count
        defer { variables.removeSubrange(scope...) }
        let value = try rehearsable(branch.pipeline, dot)
        if isRehearsal {
            _ = try run(branch.body, dot: setsDot ? value : dot)
            return try run(branch.otherwise, dot: dot)
        }
        guard value.isTrue else { return try run(branch.otherwise, dot: dot) }
        return try run(branch.body, dot: setsDot ? value : dot)
    }

    /// The value of a pipeline; in a rehearsal an unknown one after an error, so that what depends
    /// on it is rehearsed too.
    private mutating func rehearsable(
        _ pipeline: TemplatePipeline,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        do throws(TemplateError) {
            return try evaluate(pipeline, dot)
        } catch {
            guard isRehearsal else { throw error }
            note(error)
            for name in pipeline.variables { variables.append((name, .unknown(nil))) }
            return .unknown(nil)
        }
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
        let value = try rehearsable(loop, dot)
        if names.count == 2, case .integer = value {
            throw failure("can't use \(value.text) to iterate over more than one variable")
        }
        let elements = try elements(of: value)
        if elements.isEmpty || isRehearsal { _ = try run(branch.otherwise, dot: dot) }
        for (key, element) in elements.prefix(isRehearsal ? 1 : .max) {
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
        case .integer(let count):
            guard count <= Self.maximumSteps else {
                throw failure("more than \(Self.maximumSteps) steps")
            }
            return (0..<max(0, count)).map { (.integer($0), .integer($0)) }
        case .list(let values):
            return values.enumerated().map { (.integer(Int64($0.offset)), $0.element) }
        case .labels(let map):
            return map.sorted { $0.key < $1.key }.map { (.string($0.key), .string($0.value)) }
        case .map(let map):
            return map.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }
        case .unknown(let type):
            switch type {
            case nil, "int": return [(.unknown(nil), .unknown(nil))]
            case TemplateParameter.samples.rawValue:
                return [(.unknown("int"), .unknown(TemplateParameter.sample.rawValue))]
            case "map[string]string": return [(.unknown("string"), .unknown("string"))]
            case "map[string]interface {}": return [(.unknown("string"), .unknown(nil))]
            default: break
            }
        default: break
        }
        throw failure("range can't iterate over \(value.text)")
    }

    private mutating func write(_ text: String) throws(TemplateError) {
        output += text
        guard output.utf8.count <= Self.maximumOutputBytes else {
            throw failure("the text is longer than \(Self.maximumOutputBytes) bytes")
        }
    }

    // MARK: Variables

    func value(ofVariable name: String) -> TemplateValue {
        variables.last { $0.name == name }?.value ?? .nothing
    }

    /// Declares variables or, if the pipeline is an assignment, changes declared ones.
    mutating func set(
        _ pipeline: TemplatePipeline,
        to value: TemplateValue
    ) throws(TemplateError) {
        for name in pipeline.variables {
            guard pipeline.isAssignment else {
                variables.append((name, value))
                continue
            }
            guard let index = variables.lastIndex(where: { $0.name == name }) else {
                throw failure("undefined variable: \(name)")
            }
            // Which branch changes it, only an expansion knows.
            variables[index].value = isRehearsal ? .unknown(nil) : value
        }
    }
}
