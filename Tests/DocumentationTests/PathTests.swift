import Foundation
import Remediation
import Testing

@Suite("The HTTP API page")
struct PathTests {
    /// Routes are declared with their pattern as a literal.
    private static var patterns: Set<String> {
        var patterns: Set<String> = []
        let sources = ["API", "Page"].flatMap { Document.sources(below: "Sources/\($0)") }
        for source in sources where !source.path.contains("ProcessMetrics") {
            guard source.text.contains("Route") else { continue }
            for line in source.text.split(separator: "\n") {
                let code = line.drop { $0 == " " }
                guard !code.hasPrefix("//") else { continue }
                for match in code.matches(of: /"(\/[\w\-\/.{}]*)(\\\(verb\))?"/) {
                    patterns.insert(match.1 + (match.2 == nil ? "" : "ORDER"))
                }
            }
        }
        return patterns
    }

    private static func documented() throws -> Set<String> {
        let page = try Document.page("HTTPAPI")
        var paths: Set<String> = []
        for line in page.prose {
            for code in Document.codes(in: String(line)) {
                let path = code.split(separator: " ").last.map(String.init) ?? ""
                guard path.hasPrefix("/") else { continue }
                paths.insert(String(path.prefix { $0 != "?" }))
            }
        }
        return paths
    }

    @Test("lists every parameter of a query")
    func parameters() throws {
        let text = try Document.page("HTTPAPI").text
        var count = 0
        for folder in ["PrometheusAPI", "Routes"] {
            for source in Document.sources(below: "Sources/API/\(folder)") {
                let calls = source.text.matches(
                    of:
                        /(?:form\.\w+|\btext|\btexts|queryValue|number|choice)\((?:form, )?"([\w\[\]]+)"/
                )
                for call in calls {
                    #expect(text.contains("`\(call.1)`"), "\(call.1) in \(source.path)")
                    count += 1
                }
            }
        }
        #expect(count >= 15)
    }

    @Test("lists every path that the agent serves, and no other")
    func paths() throws {
        var served = Set(
            Self.patterns.map {
                $0.replacing("{id}", with: "ID").replacing("{name}", with: "NAME")
            }
        )
        served.insert("/metrics")
        served.formUnion(Order.Kind.verbs.map { "/api/v1/admin/\($0)" })
        #expect(try Self.documented() == served)
    }
}
