import PromQL
import Testing

/// Operands are looked at before the arguments of their calls are checked.
@Suite("Calls as operands")
struct OperandCallTests {
    private static let arguments = [
        "", "up", "up[5m]", "1", "'a'", "up, up", "1, up[5m]", "1, 1, 1",
    ]

    @Test("with any number and type of arguments are read or refused", arguments: Function.allCases)
    func calls(function: Function) {
        for arguments in Self.arguments {
            let call = "\(function.rawValue)(\(arguments))"
            let alone = try? Expression.parse(call, options: .experimental)
            for text in [
                "\(call) and up", "(\(call)) or up", "up unless -\(call)", "sum(\(call)) > 1",
            ] {
                let read = try? Expression.parse(text, options: .experimental)
                #expect(read == nil || alone != nil, "\(text)")
            }
        }
    }

    @Test("nor does an aggregation need its parameter", arguments: AggregationOperator.allCases)
    func aggregations(operation: AggregationOperator) {
        for arguments in Self.arguments {
            let text = "\(operation.rawValue)(\(arguments)) and up"
            let alone = "\(operation.rawValue)(\(arguments))"
            let read = try? Expression.parse(text, options: .experimental)
            #expect(
                (read == nil) == ((try? Expression.parse(alone, options: .experimental)) == nil)
            )
        }
    }
}
