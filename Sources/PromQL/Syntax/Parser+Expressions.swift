import GoText

extension Parser {
    /// Parses an expression whose operators all bind at least as tightly as `precedence`.
    mutating func expression(precedence: Int = 0) throws(ParseError) -> Node {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Parser.maximumDepth else { throw tooDeep }
        var left = try operand()
        while case .binaryOperator(let operation) = current.kind,
            operation.precedence >= precedence
        {
            left = try binary(left, operation)
        }
        return left
    }

    /// Parses an operator and its right operand, and adds them to the chain that `left` is or
    /// begins.
    private mutating func binary(
        _ left: consuming Node,
        _ operation: BinaryOperator
    ) throws(ParseError) -> Node {
        let token = advance()
        let modifier = try binaryModifier(of: operation)
        let right = try expression(
            precedence: operation.precedence + (operation.isRightAssociative ? 0 : 1)
        )
        if modifier.fills, !options.allowsFillModifiers {
            throw error(
                "binop fill modifiers are experimental and not enabled",
                at: left.expression
            )
        }
        let joinsVectors =
            left.expression.valueType == .instantVector
            && right.expression.valueType == .instantVector
        let step = BinaryExpression.Step(
            operation: operation,
            operand: right.expression,
            returnsBool: modifier.returnsBool,
            matching: modifier.matching.normalized(for: operation, joinsVectors: joinsVectors),
            operatorOrigin: origin(of: token)
        )
        return try extended(left, by: step, operandHeight: right.height)
    }

    private func extended(
        _ node: consuming Node,
        by step: BinaryExpression.Step,
        operandHeight: Int
    ) throws(ParseError) -> Node {
        guard case .binary(var chain) = node.expression else {
            return Node(
                expression: .binary(BinaryExpression(node.expression, step)),
                height: try height(above: [node.height, operandHeight])
            )
        }
        guard chain.steps.count < Parser.maximumChainLength else {
            throw error(
                "more than \(Parser.maximumChainLength) operators in a row",
                at: current
            )
        }
        // Frees the chain from its enclosing value, so that appending does not copy all of it.
        node.expression = .string(StringLiteral(""))
        chain.append(step)
        return Node(
            expression: .binary(chain),
            height: max(node.height, try height(above: [operandHeight]))
        )
    }

    /// Parses an operand with its sign and the modifiers that bind tighter than any operator.
    private mutating func operand() throws(ParseError) -> Node {
        guard case .binaryOperator(let sign) = current.kind, sign == .add || sign == .subtract
        else {
            return try modified(try primary())
        }
        let token = advance()
        let operand = try expression(precedence: BinaryOperator.unaryPrecedence + 1)
        if case .number(var number) = operand.expression {
            if sign == .subtract { number.negate() }
            number.origin = origin(of: token)
            return Node(expression: .number(number))
        }
        let unary = UnaryExpression(
            isNegation: sign == .subtract,
            operand: operand.expression,
            origin: origin(of: token)
        )
        return Node(expression: .unary(unary), height: try height(above: [operand.height]))
    }

    private mutating func primary() throws(ParseError) -> Node {
        switch current.kind {
        case .number, .duration: return Node(expression: .number(try number()))
        case .string: return Node(expression: .string(string()))
        case .leftParenthesis: return try parenthesized()
        case .leftBrace: return Node(expression: .vectorSelector(try vectorSelector()))
        case .aggregation(let operation) where startsAggregation(following):
            return try aggregation(operation)
        case .identifier where following.kind == .leftParenthesis,
            .timeWord where following.kind == .leftParenthesis:
            return try call()
        case _ where current.canNameMetric:
            return Node(expression: .vectorSelector(try vectorSelector()))
        default: throw unexpected()
        }
    }

    /// Whether an operand can start here. True also for what the lexer rejected, because that is
    /// the error to report then.
    var mayStartOperand: Bool {
        switch current.kind {
        case .number, .duration, .string, .leftParenthesis, .leftBrace, .invalid,
            .binaryOperator(.add), .binaryOperator(.subtract):
            true
        default: current.canNameMetric
        }
    }

    private mutating func parenthesized() throws(ParseError) -> Node {
        let token = advance()
        let inner = try expression()
        guard accept(.rightParenthesis) else { throw unexpected() }
        let parentheses = Parentheses(expression: inner.expression, origin: origin(of: token))
        return Node(
            expression: .parentheses(parentheses),
            height: try height(above: [inner.height])
        )
    }

    // MARK: Calls

    private mutating func call() throws(ParseError) -> Node {
        let name = advance()
        let arguments = try arguments()
        let function = try function(name)
        let call = FunctionCall(
            function: function,
            arguments: arguments.map(\.expression),
            origin: origin(of: name)
        )
        return Node(expression: .call(call), height: try height(above: arguments.map(\.height)))
    }

    private func function(_ name: Token) throws(ParseError) -> Function {
        guard let function = Function(rawValue: name.text) else {
            throw error("unknown function with name \(name.text.goQuoted)", at: name)
        }
        if let successor = function.successor, !options.allowsFormerFunctions {
            throw error(
                "unknown function with name \(name.text.goQuoted); "
                    + "since Prometheus 3.0 it is called \(successor.rawValue.goQuoted)",
                at: name
            )
        }
        if function.isExperimental, !options.allowsExperimentalFunctions {
            throw error("function \(name.text.goQuoted) is not enabled", at: name)
        }
        return function
    }

    private mutating func arguments() throws(ParseError) -> [Node] {
        guard accept(.leftParenthesis) else { throw unexpected() }
        var arguments: [Node] = []
        if accept(.rightParenthesis) { return arguments }
        while true {
            arguments.append(try expression())
            if accept(.rightParenthesis) { return arguments }
            let comma = current
            guard accept(.comma) else { throw unexpected() }
            guard mayStartOperand else {
                throw error("trailing commas not allowed in function call args", at: comma)
            }
        }
    }

    // MARK: Aggregations

    /// Whether the token after an aggregation's name makes it one. Otherwise the word is a metric
    /// name.
    private func startsAggregation(_ token: Token) -> Bool {
        token.kind == .leftParenthesis || token.kind == .keyword(.by)
            || token.kind == .keyword(.without)
    }

    private mutating func aggregation(
        _ operation: AggregationOperator
    ) throws(ParseError) -> Node {
        let name = advance()
        aggregationDepth += 1
        var grouping = try groupingClause()
        let arguments = try arguments()
        aggregationDepth -= 1
        if grouping == nil {
            // Prometheus reads the next token to find the clause, and reports what is wrong with it
            // before what is wrong with the arguments.
            if case .invalid = current.kind { throw unexpected() }
            grouping = try groupingClause()
        }
        guard !arguments.isEmpty else {
            throw error("no arguments for aggregate expression provided", at: name)
        }
        if operation.isExperimental, !options.allowsExperimentalFunctions {
            throw error(
                "\(operation.rawValue)() is experimental and must be enabled "
                    + "with --enable-feature=promql-experimental-functions",
                at: name
            )
        }
        let wanted = operation.parameterType == nil ? 1 : 2
        guard arguments.count == wanted else {
            throw error(
                "wrong number of arguments for aggregate expression provided, "
                    + "expected \(wanted), got \(arguments.count)",
                at: name
            )
        }
        let aggregation = Aggregation(
            operation: operation,
            expression: arguments[wanted - 1].expression,
            parameter: wanted == 2 ? arguments[0].expression : nil,
            grouping: grouping?.labels ?? [],
            isWithout: grouping?.isWithout ?? false,
            origin: origin(of: name)
        )
        return Node(
            expression: .aggregation(aggregation),
            height: try height(above: arguments.map(\.height))
        )
    }

    private mutating func groupingClause() throws(ParseError) -> (
        labels: [String], isWithout: Bool
    )? {
        if accept(.keyword(.by)) { return (try groupingLabels(), false) }
        if accept(.keyword(.without)) { return (try groupingLabels(), true) }
        return nil
    }
}

extension VectorMatching {
    /// Set operators are many-to-many, and an operation with a scalar has no matching.
    fileprivate func normalized(
        for operation: BinaryOperator,
        joinsVectors: Bool
    ) -> VectorMatching? {
        guard joinsVectors || !labels.isEmpty || fills else { return nil }
        var matching = self
        if operation.isSetOperator, cardinality == .oneToOne {
            matching.cardinality = .manyToMany
        }
        return matching
    }

    var fills: Bool { fillLeft != nil || fillRight != nil }
}
