import Testing

/// The suites that `packaging/test` runs apart. A name that no suite has would leave its tests out
/// of one run and take them into no other.
@Test("every suite that is run apart exists, and its whole name is compared")
func suitesRunApart() throws {
    let script = try #require(SourceTree.others.first { $0.path == "packaging/test" })
    let groups = script.lines.compactMap { line in
        line.wholeMatch(of: /(\w+)='IntegrationTests\[\.\]\(?([\w|]+)\)?\/'/)
    }
    #expect(groups.map { String($0.1) } == ["computing", "alone", "matrix"])
    let suites = Set(
        SourceTree.tests.filter { $0.target == "IntegrationTests" }
            .flatMap { DeclarationScanner($0.lines).declared }
    )
    let apart = groups.flatMap { $0.2.split(separator: "|").map(String.init) }
    #expect(Set(apart).count == apart.count, "a suite is in two groups")
    for name in apart { #expect(suites.contains(name), "\(name) is no suite") }
    for name in [
        "skip \"$matrix|$computing|$alone\"", "filter \"$computing\"", "filter \"$alone\"",
    ] {
        #expect(script.lines.contains { $0.contains("--\(name)") }, "--\(name)")
    }
}
