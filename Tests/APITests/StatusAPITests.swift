import Cycle
import JSON
import Listener
import Testing
import Time

@testable import API

@Suite("/api/v1/status")
struct StatusAPITests {
    private let board = StatusBoard()

    private func document(_ path: String) async throws -> JSONValue {
        let api = StatusAPI(board: board) { Timestamp(milliseconds: 0) }
        let route = try #require(api.routes.first { $0.pattern == path })
        let request = ServerRequest(target: path, path: path)
        guard case .response(let response) = await route.handler.reply(to: request) else {
            return .null
        }
        #expect(response.status == 200)
        return try #require(try JSONValue.parse(response.body)["data"])
    }

    @Test("joins the troubles of the cycle and those outside of it")
    func troubles() async throws {
        let starting = try await document("/api/v1/status")
        #expect(starting["ready"] == false && starting["graphs"] == 0)
        #expect(starting["troubles"]?[0]?["name"] == "blind")

        var status = Status.starting
        status.troubles = []
        board.publish(status)
        let well = try await document("/api/v1/status")
        #expect(well["ready"] == true && well["troubles"] == [])

        let since = Timestamp(milliseconds: 86_400_000)
        board.report("reload_failed", Trouble("reload_failed", "no", remedy: "mend", since: since))
        let failed = try await document("/api/v1/status")
        #expect(failed["ready"] == true)
        #expect(
            failed["troubles"] == [
                [
                    "name": "reload_failed", "since": "1970-01-02T00:00:00Z", "text": "no",
                    "remedy": "mend", "preventsReady": false,
                ]
            ]
        )
        board.report("reload_failed", nil)
        #expect(try await document("/api/v1/status")["troubles"] == [])
    }

    @Test("lists no remediations without graphs")
    func remediations() async throws {
        #expect(try await document("/api/v1/remediations")["remediations"] == [])
    }
}
