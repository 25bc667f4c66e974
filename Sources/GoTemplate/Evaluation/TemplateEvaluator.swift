import GoText

/// Expands one template once.
///
/// The limits hold because templates can loop over the results of queries and invoke themselves.
struct TemplateEvaluator {
    static let maximumDepth = 50

    /// Of a rehearsal. Whoever sees so many mends the template before looking for more.
    static let maximumProblems = 20

    let data: TemplateData
    /// Whether the evaluation looks for errors without data: it enters all branches, takes unknown
    /// values for what data would decide, and goes on after an error.
    let isRehearsal: Bool
    private let source: TemplateSource
    private let definitions: [String: [TemplateNode]]
    private var output = BoundedText()
    var budget = TemplateBudget()
    private var depth = 0
    private var variables: [(name: String, value: TemplateValue)]
    private let root: TemplateValue
    /// The part that Go would name if an error occurred now.
    private var current: TemplatePart?
    /// The named template that is being expanded.
    private var templateName: String
    private var problems: [TemplateError] = []
    private var knownProblems: Set<TemplateError> = []
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
        return output.text
    }

    /// The first errors that an expansion would meet, without repetitions.
    mutating func rehearse(_ nodes: [TemplateNode]) -> [TemplateError] {
        do throws(TemplateError) { _ = try run(nodes, dot: root) } catch { note(error) }
        return problems
    }

    private mutating func note(_ problem: TemplateError) {
        guard problems.count < Self.maximumProblems else { return }
        if knownProblems.insert(problem).inserted { problems.append(problem) }
    }

    private var isRehearsed: Bool {
        isRehearsal && (budget.isExhausted || problems.count == Self.maximumProblems)
    }

    /// Counts work at the part that was entered last.
    mutating func spend(steps: Int) throws(TemplateError) {
        do throws(TemplateError) {
            try budget.spend(steps: steps)
        } catch {
            throw failure(error.message)
        }
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
            if isRehearsed { return .finished }
            do throws(TemplateError) {
                try spend(steps: 1)
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
        case .text(let text): try write(.string(text))
        case .action(let pipeline):
            let value = try rehearsable(pipeline, dot)
            if pipeline.variables.isEmpty, !isRehearsal { try write(value) }
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
        guard let elements = TemplateElements(value) else {
            throw failure("range can't iterate over \(value.text)")
        }
        if elements.isEmpty || isRehearsal { _ = try run(branch.otherwise, dot: dot) }
        for (key, element) in elements.prefix(isRehearsal ? 1 : .max) {
            enter(.pipeline(branch.pipeline))
            try spend(steps: 1)
            variables.removeSubrange(scope...)
            if names.count == 2 { variables.append((names[0], key)) }
            if let last = names.last { variables.append((last, element)) }
            if try run(branch.body, dot: element) == .exitLoop { return }
        }
    }

    private mutating func write(_ value: TemplateValue) throws(TemplateError) {
        do throws(TemplateError) {
            try value.write(to: &output)
        } catch {
            throw failure(error.message)
        }
    }

    // MARK: Variables

    mutating func value(ofVariable name: String) throws(TemplateError) -> TemplateValue {
        guard let index = variables.lastIndex(where: { $0.name == name }) else { return .nothing }
        try spend(steps: (variables.count - index) / Self.variablesPerStep)
        return variables[index].value
    }

    /// Variables that are passed over in a step while one is looked for.
    private static let variablesPerStep = 8

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
            try spend(steps: (variables.count - index) / Self.variablesPerStep)
            variables[index].value = isRehearsal ? .unknown(nil) : value
        }
    }
}
