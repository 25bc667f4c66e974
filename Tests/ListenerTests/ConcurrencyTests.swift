import Listener
import TestSupport
import Testing

@Test("200 clients at once, three requests each, all get their own answers")
func manyClients() async throws {
    let route = Route("POST", "/{id}") { request in
        await Task.yield()
        let body = String(decoding: request.body, as: UTF8.self)
        return .response(.text((request.parameters["id"] ?? "") + body))
    }
    var limits = HTTPServerConfiguration.patient
    limits.maximumInFlight = 200
    try await withServer([route], limits) { server in
        let port = server.port
        try await withThrowingTaskGroup(of: Bool.self) { clients in
            for id in 0..<200 {
                clients.addTask {
                    try await onThread {
                        let client = try RawClient(port: port)
                        return (0..<3).allSatisfy { round in
                            client.send(post("/\(id)", "-\(round)"))
                            return client.response()?.text == "\(id)-\(round)"
                        }
                    }
                }
            }
            for try await isRight in clients { #expect(isRight) }
        }
        let expected = ListenerStatistics.Request(handler: "/{id}", status: 200)
        try await eventually("all requests are counted") {
            server.statistics.requests
        } is: { requests in
            requests == [expected: 600]
        }
    }
}
