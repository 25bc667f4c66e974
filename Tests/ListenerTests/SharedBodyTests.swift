import TestSupport
import Testing

@testable import Listener

@Test("a shared body is sent whole and as it is, time and again and in several chunks")
func sharedBody() async throws {
    let text = String(repeating: "0123456789", count: 300_000)
    let body = SharedBody(Array(text.utf8))
    #expect(body.count == 3_000_000 && body.bytes == Array(text.utf8))
    let route = Route("GET", "/") { _ in
        var response = ServerResponse(status: 200, headers: ["Content-Type": "text/plain"])
        response.sharedBody = body
        return .response(response)
    }
    let responses = try await withClient(of: [route]) { client in
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + get("/", "Accept-Encoding: gzip"))
        let head = client.response(toHead: true)
        let first = client.response()
        client.send(get("/"))
        return [head, first, client.response()]
    }
    for response in responses {
        #expect(response?.status == 200)
        #expect(response?.headers["content-length"] == "3000000")
        #expect(response?.headers["content-encoding"] == nil)
    }
    #expect(responses.map { $0?.text == text } == [false, true, true])
}
