import GoText
import Testing

struct GoQuotedTests {
    @Test(
        "quoting follows Go",
        arguments: [
            ("caf\u{e9}", #""café""#), ("\u{1}", #""\x01""#), ("\u{7f}", #""\x7f""#),
            ("\u{2028}", #""\u2028""#), ("\u{e0001}", #""\U000e0001""#), ("\t\r", #""\t\r""#),
            ("\u{a0}", #""\u00a0""#), ("\u{85}", #""\u0085""#), ("'", #""'""#),
        ]
    )
    func quoting(text: String, quoted: String) {
        #expect(text.goQuoted == quoted)
    }
}
