import Testing

@testable import API

@Suite("The token of a form")
struct FormTokenTests {
    private let tokens = FormToken()
    private static let text = "restart\ngraph a\n17\n1000"

    @Test("is valid for the form and the user that it was made for, and for nothing else")
    func binding() {
        let token = tokens.token(for: Self.text, user: "alice")
        #expect(tokens.isValid(token, for: Self.text, user: "alice"))
        #expect(!tokens.isValid(token, for: Self.text, user: "bob"))
        for other in ["approve\ngraph a\n17\n1000", "restart\ngraph b\n17\n1000", Self.text + "0"] {
            #expect(!tokens.isValid(token, for: other, user: "alice"))
        }
    }

    @Test("does not move text between the user and the form")
    func boundary() {
        let token = tokens.token(for: "b\nrestart", user: "a")
        #expect(!tokens.isValid(token, for: "restart", user: "a\nb"))
    }

    @Test("is not valid for another agent, or once it was changed")
    func forged() {
        let token = tokens.token(for: Self.text, user: "alice")
        #expect(!FormToken().isValid(token, for: Self.text, user: "alice"))
        let flipped = (token.first == "0" ? "1" : "0") + token.dropFirst()
        let forgeries = [
            "", "0", flipped, token + "00", String(token.dropLast()),
            String(repeating: "z", count: 64), String(repeating: "\u{E9}", count: 32),
        ]
        for forgery in forgeries {
            #expect(!tokens.isValid(forgery, for: Self.text, user: "alice"), "\(forgery)")
        }
    }
}
