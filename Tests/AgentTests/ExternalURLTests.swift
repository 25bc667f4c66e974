import API
import Testing

@testable import Agent

@Suite("The external URL")
struct ExternalURLTests {
    @Test(
        "may be complete, lack the scheme, or be only a path",
        arguments: [
            ("https://example.org/gw/", "/gw", "https://example.org/gw"),
            ("http://example.org", "", "http://example.org"),
            ("HTTP://[::1]:10355//a/b//", "/a/b", "http://[::1]:10355/a/b"),
            ("//example.org:8080/gw", "/gw", "https://example.org:8080/gw"),
            ("//example.org", "", "https://example.org"),
            ("/gw/", "/gw", nil), ("gw", "/gw", nil), ("/", "", nil),
            // As in Prometheus, a word without slashes is a path.
            ("example.org", "/example.org", nil),
        ] as [(String, String, String?)]
    )
    func forms(text: String, path: String, absolute: String?) throws {
        let url = try ExternalURL(text)
        #expect(url.prefix.path == path)
        #expect(url.absolute(isEncrypted: true) == absolute)
    }

    @Test("without a scheme has that of the listener")
    func scheme() throws {
        #expect(try ExternalURL("//a/b").absolute(isEncrypted: false) == "http://a/b")
    }

    @Test("has a prefix only for requests to its host")
    func host() throws {
        let url = try ExternalURL("https://Example.org:8443/gw/")
        #expect(url.prefix(forHost: "example.ORG:8443")?.path == "/gw")
        for host in ["example.org", "127.0.0.1:10355", nil] {
            #expect(url.prefix(forHost: host) == nil)
        }
        for host in ["example.org", nil] {
            #expect(try ExternalURL("/gw/").prefix(forHost: host) == nil)
        }
    }

    @Test(
        "is refused with the reason",
        arguments: [
            ("", "must be a URL such as https://"), ("https://a b/", "must be a URL such as"),
            ("\"/gw\"", "quotes"), ("https://a/?x", "query"), ("https://a/#x", "fragment"),
            ("ftp://a/", "must start with http:// or https://"),
            ("localhost:10355", "must start with http:// or https://"),
            ("https:///gw", "must name a host"), ("https:gw", "must name a host"),
            ("https://u:p@a/", "no user or password"), ("https://a:99999/", "must name a host"),
            ("/a//b", "must not contain \"//\""), ("/a/../b", "\"..\""), ("/%20", "letters"),
        ]
    )
    func refused(text: String, reason: String) {
        let error = #expect(throws: ExternalURLError.self) { try ExternalURL(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
