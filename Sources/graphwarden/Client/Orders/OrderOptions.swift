import ArgumentParser
import Glibc
import JSON

/// Options of the commands that give orders.
struct OrderOptions: ParsableArguments {
    @Option(help: "Why. The agent records it. Where it is needed, a terminal asks for it.")
    var reason: String?

    @Option(
        help: "Who asks. The agent records the authenticated user as well. (default: user@host)"
    )
    var by: String?

    func validate() throws {
        for (name, value) in [("--reason", reason), ("--by", by)] {
            if let value, value.allSatisfy(\.isWhitespace) {
                throw ValidationError("\(name) must not be blank")
            }
        }
    }

    /// - Parameter isAnswer: whether the order answers the agent or ends a pause. It then has a
    ///   reason already, and needs no further one.
    func order(
        _ verb: String,
        _ members: [JSONMember] = [],
        isAnswer: Bool = false
    ) throws -> OrderRequest {
        let reason = try isAnswer ? reason ?? "no reason given" : givenReason()
        return OrderRequest(verb, by: by ?? Person.description, reason: reason, members)
    }

    /// Who asks and why is part of every order. A script has to say so in the command.
    private func givenReason() throws -> String {
        if let reason { return reason }
        let answer = Terminal.ask("Reason: ") ?? ""
        guard !answer.allSatisfy(\.isWhitespace) else {
            throw ValidationError("--reason TEXT is missing: every order says why")
        }
        return answer
    }
}

extension ClientOptions {
    /// Gives an order and prints the answer. On failure, prints the error and exits with its exit
    /// code.
    @discardableResult
    func give(_ order: OrderRequest) async throws -> AgentResponse {
        let client = try checkedClient()
        let response: AgentResponse
        do {
            response = try await client.give(order) { Terminal.error($0) }
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(error.exitCode)
        }
        switch output {
        case .json: Terminal.output(response.text)
        case .table: Terminal.output(OrderReport.text(response.data))
        }
        return response
    }
}
