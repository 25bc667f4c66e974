import Listener
import Testing

@testable import API

@Suite("A multipart form")
struct MultipartFormTests {
    private func request(
        _ body: String,
        contentType: String = "multipart/form-data; boundary=\"a b\""
    ) -> ServerRequest {
        ServerRequest(
            method: "POST",
            target: "/",
            path: "/",
            query: [ServerRequest.QueryItem(name: "query", value: "url")],
            headers: ["Content-Type": contentType],
            body: Array(body.utf8)
        )
    }

    private func part(_ disposition: String, _ value: String) -> String {
        "--a b\r\nContent-Disposition: \(disposition)\r\n\r\n\(value)\r\n"
    }

    @Test("has the fields that it says, after those of the URL")
    func fields() throws {
        let body =
            "preamble\r\n" + part("form-data; name=\"query\"", "up{a=\"1\"}\r\n--a")
            + part("FORM-DATA; Name=time", "1.5") + part("form-data; name=\"a\\\"b\"", "")
            + "--a b--\r\nepilogue"
        let form = try RequestForm(request(body))
        #expect(form.texts("query") == ["url", "up{a=\"1\"}\r\n--a"])
        #expect(form.text("time") == "1.5")
        #expect(form.texts("a\"b") == [""])
    }

    @Test("has no fields for files and parts of other kinds")
    func noFields() throws {
        let body =
            part("form-data; name=\"match[]\"; filename=\"x\"", "up")
            + part("attachment; name=\"match[]\"", "up") + part("form-data", "up")
            + "--a b\r\n\r\nup\r\n--a b--"
        #expect(try RequestForm(request(body)).texts("match[]") == [])
    }

    @Test(
        "that is malformed is refused",
        arguments: [
            ("", "multipart/form-data"), ("--\r\n", "multipart/form-data; boundary="),
            ("--x", "multipart/form-data; boundary=x"), ("", "multipart/form-data; boundary=x"),
            ("--x\r\nA: b\r\n\r\nc", "multipart/form-data; boundary=x"),
            ("--x\r\nA: b\r\n--x--", "multipart/form-data; boundary=x"),
            ("--xy\r\n\r\n\r\n--xy--", "multipart/form-data; boundary=x"),
        ]
    )
    func malformed(body: String, contentType: String) {
        #expect(throws: QueryFailure.self) {
            try RequestForm(request(body, contentType: contentType))
        }
    }

    @Test("has a limited number of parts")
    func limit() {
        let body = String(repeating: part("form-data; name=a", ""), count: 1_001) + "--a b--"
        #expect(throws: QueryFailure.self) { try RequestForm(request(body)) }
    }
}
