package import JSON
package import Time

/// The operations of the control interface for a client in the same process.
extension SimulatedCloud {
    /// The names of the operations: the last part of the path of a request that changes something.
    package static let controlOperations: Set<String> = Set(operations.keys)
    /// Those that apply to one graph.
    package static let controlOperationsOnGraphs: Set<String> = Set(
        operations.filter { $0.value.pattern.contains("{id}") }.keys
    )

    /// Performs an operation of the control interface.
    ///
    /// - Parameters:
    ///   - name: such as `hang` for `POST /control/graphs/ID/hang`, or `end_outage` for
    ///     `DELETE /control/outage`.
    ///   - graph: the id or the name of a graph, for an operation on graphs.
    /// - Returns: what is wrong, in words; nil if it was done.
    package mutating func control(
        _ name: String,
        graph: String? = nil,
        _ members: [JSONMember],
        at now: Timestamp
    ) -> String? {
        guard let action = Self.operations[name] else { return "there is no operation \"\(name)\"" }
        do throws(ControlError) {
            let call = ControlCall(
                parameters: graph.map { ["id": $0] } ?? [:],
                query: [],
                body: ControlBody(members),
                now: now
            )
            _ = try action(&self, call)
            return nil
        } catch {
            return error.message
        }
    }

    /// Creates graphs, as the operation `create` does one by one; that copies the cloud, which for
    /// thousands of graphs takes longer than anything else.
    ///
    /// - Returns: what is wrong with any of them. One with an unknown member is created all the same.
    package mutating func createGraphs(_ graphs: [[JSONMember]], at now: Timestamp) -> [String] {
        guard let create = Self.operations["create"] else { return [] }
        var problems: [String] = []
        for members in graphs {
            let body = ControlBody(members)
            let call = ControlCall(parameters: [:], query: [], body: body, now: now)
            do throws(ControlError) {
                _ = try create.perform(call, inPlace: &self)
            } catch {
                problems.append(error.message)
            }
        }
        return problems
    }

    private static let operations: [String: ControlAction] = {
        var operations: [String: ControlAction] = [:]
        for action in ControlAction.all where action.method != "GET" {
            operations[action.operationName] = action
        }
        return operations
    }()
}

extension ControlAction {
    /// `POST /control/graphs` is `create`, `DELETE /control/graphs/ID` is `delete`.
    fileprivate var operationName: String {
        switch (method, pattern) {
        case ("POST", "/control/graphs"): return "create"
        case ("DELETE", "/control/graphs/{id}"): return "delete"
        case ("POST", "/control/faults"): return "fault"
        case ("DELETE", "/control/faults/{number}"): return "end_fault"
        case ("POST", "/control/tokens/revoke"): return "revoke_tokens"
        default:
            let last = pattern.split(separator: "/").last.map(String.init) ?? pattern
            return method == "DELETE" ? "end_\(last)" : last
        }
    }
}
