// Pipelines, as Go's text/template evaluates them (exec.go): the order in which parts are entered
// decides which of them an error names.

extension TemplateEvaluator {
    mutating func evaluate(
        _ pipeline: TemplatePipeline,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        enter(.pipeline(pipeline))
        try spend(steps: 1)
        var value: TemplateValue?
        for command in pipeline.commands {
            value = try evaluate(command, piped: value, dot)
        }
        let result = value ?? .nothing
        try set(pipeline, to: result)
        return result
    }

    private mutating func evaluate(
        _ command: TemplateCommand,
        piped: TemplateValue?,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        let operand = command.first
        switch operand.kind {
        case .fields:
            let hasArguments = !command.arguments.isEmpty || piped != nil
            return try evaluateFields(operand, dot, hasArguments: hasArguments)
        case .function(let function):
            enter(.operand(operand))
            return try call(function, command.arguments, piped: piped, of: .command(command), dot)
        case .pipeline(let pipeline):
            try checkHasNoArguments(command, piped)
            return try evaluate(pipeline, dot)
        case .literal(.nothing, _):
            enter(.operand(operand))
            try checkHasNoArguments(command, piped)
            throw failure("nil is not a command")
        case .literal, .overflowing, .dot, .variable:
            enter(.operand(operand))
            try checkHasNoArguments(command, piped)
            return try evaluate(operand, dot)
        }
    }

    private func checkHasNoArguments(
        _ command: TemplateCommand,
        _ piped: TemplateValue?
    ) throws(TemplateError) {
        guard !command.arguments.isEmpty || piped != nil else { return }
        throw failure("can't give argument to non-function \(command.first)")
    }

    private mutating func evaluate(
        _ operand: TemplateOperand,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        enter(.operand(operand))
        try spend(steps: 1)
        switch operand.kind {
        case .literal(let value, _): return value
        case .overflowing(let text): throw failure("\(text) overflows int")
        case .dot: return dot
        case .variable(let name): return try value(ofVariable: name)
        case .pipeline(let pipeline): return try evaluate(pipeline, dot)
        case .function(let function):
            return try call(function, [], piped: nil, of: .operand(operand), dot)
        case .fields: return try evaluateFields(operand, dot, hasArguments: false)
        }
    }

    // MARK: Fields

    private mutating func evaluateFields(
        _ operand: TemplateOperand,
        _ dot: TemplateValue,
        hasArguments: Bool
    ) throws(TemplateError) -> TemplateValue {
        guard case .fields(let base, let names) = operand.kind else { return .nothing }
        enter(.operand(operand))
        try spend(steps: names.count)
        var value: TemplateValue
        switch base.kind {
        case .dot: value = dot
        case .variable(let name): value = try self.value(ofVariable: name)
        default: value = try evaluate(base, dot)
        }
        // A field that holds an interface has its type until the pipeline takes the value out.
        var isInterface = false
        for (index, name) in names.enumerated() {
            let isCalled = hasArguments && index == names.count - 1
            let next = try field(name, of: value, isInterface: isInterface, isCalled: isCalled)
            isInterface = value.holdsInterface(in: name)
            value = next
        }
        return value
    }

    private func field(
        _ name: String,
        of value: TemplateValue,
        isInterface: Bool,
        isCalled: Bool
    ) throws(TemplateError) -> TemplateValue {
        let isMap =
            switch value {
            case .labels, .map, .unknown("map[string]string"), .unknown("map[string]interface {}"):
                true
            default: false
            }
        if !isInterface, let field = value.field(name) {
            guard isCalled else { return field }
            throw failure(
                isMap
                    ? "\(name) is not a method but has arguments"
                    : "\(name) has arguments but cannot be invoked as function"
            )
        }
        let type = isInterface ? "interface {}" : value.typeName
        throw failure("can't evaluate field \(name) in type \(type)")
    }

    // MARK: Calls

    private mutating func call(
        _ function: TemplateFunction,
        _ operands: [TemplateOperand],
        piped: TemplateValue?,
        of part: TemplatePart,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        try checkCount(of: function, operands.count, isPiped: piped != nil)
        var values: [TemplateValue] = []
        for (index, operand) in operands.enumerated() {
            let type =
                function.parameters.indices.contains(index)
                ? function.parameters[index] : .any
            let value = try argument(operand, type, dot)
            // `and` and `or` evaluate no operand after the one that decides.
            if !isRehearsal {
                if function == .and, !value.isTrue { return value }
                if function == .or, value.isTrue { return value }
            }
            values.append(value)
        }
        if let piped {
            let count = operands.count
            let type =
                function.parameters.indices.contains(count)
                ? function.parameters[count] : .any
            values.append(try checked(piped, type))
        }
        // No value of a template is a function, so `call` fails whatever the data.
        if isRehearsal, function != .call, values.contains(where: \.isUnknown) {
            return .unknown(function.resultType)
        }
        do throws(TemplateError) {
            let call = TemplateCall(
                function: function,
                values: values,
                firstOperand: operands.first?.description ?? "",
                data: data
            )
            try budget.spend(arguments: values, of: function)
            try budget.spend(steps: call.matchingSteps)
            let result = try call.result()
            try budget.spend(result: result, of: function)
            // What a query returns, only an expansion knows.
            return isRehearsal && function == .query ? .unknown(function.resultType) : result
        } catch {
            enter(part)
            throw failure("error calling \(function.rawValue): \(error.message)")
        }
    }

    private func checkCount(
        of function: TemplateFunction,
        _ written: Int,
        isPiped: Bool
    ) throws(TemplateError) {
        let wanted = function.parameters.count
        let count = written + (isPiped ? 1 : 0)
        if function.isVariadic {
            guard count < wanted else { return }
            throw failure(
                "wrong number of args for \(function.rawValue): "
                    + "want at least \(wanted) got \(written)"
            )
        }
        guard count != wanted else { return }
        throw failure(
            "wrong number of args for \(function.rawValue): want \(wanted) got \(count)"
        )
    }

    private mutating func argument(
        _ operand: TemplateOperand,
        _ type: TemplateParameter,
        _ dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        let value = try evaluate(operand, dot)
        guard case .literal = operand.kind else { return try checked(value, type) }
        switch (type, value) {
        case (.any, _), (.string, .string), (.sample, .nothing), (.samples, .nothing): return value
        case (.string, .nothing): throw failure("cannot assign nil to string")
        case (.string, _): throw failure("expected string; found \(operand)")
        default: throw failure("can't handle \(operand) for arg of type \(type.rawValue)")
        }
    }

    /// The value, if a parameter of that type takes it.
    private func checked(
        _ value: TemplateValue,
        _ type: TemplateParameter
    ) throws(TemplateError) -> TemplateValue {
        switch (type, value) {
        case (.any, _), (.sample, .nothing), (.samples, .nothing), (_, .unknown(nil)): return value
        case (.string, .nothing): throw failure("invalid value; expected string")
        default: break
        }
        guard value.typeName != type.rawValue else { return value }
        throw failure(
            "wrong type for value; expected \(type.rawValue); got \(value.typeName)"
        )
    }
}

extension TemplateValue {
    fileprivate var isUnknown: Bool {
        if case .unknown = self { true } else { false }
    }

    /// Whether a field is of type `interface{}`.
    fileprivate func holdsInterface(in field: String) -> Bool {
        switch self {
        case .fields: field == "Value"
        case .map, .unknown("map[string]interface {}"): true
        default: false
        }
    }

    /// nil if the type has no such field. Nothing has every field, like a missing argument in Go.
    fileprivate func field(_ name: String) -> TemplateValue? {
        switch self {
        case .nothing: .nothing
        case .labels(let labels): .string(labels[name] ?? "")
        case .map(let map): map[name] ?? .nothing
        case .fields(let fields): fields[name]
        case .sample(let sample):
            switch name {
            case "Labels": .labels(sample.labels)
            case "Value": .number(sample.value)
            default: nil
            }
        case .unknown(let type): Self.field(name, ofType: type)
        default: nil
        }
    }

    private static func field(_ name: String, ofType type: String?) -> TemplateValue? {
        switch (type, name) {
        case (nil, _): .unknown(nil)
        case ("map[string]string", _): .unknown("string")
        case ("map[string]interface {}", _): .unknown(nil)
        case (TemplateParameter.sample.rawValue, "Labels"): .unknown("map[string]string")
        case (TemplateParameter.sample.rawValue, "Value"): .unknown("float64")
        default: nil
        }
    }
}
