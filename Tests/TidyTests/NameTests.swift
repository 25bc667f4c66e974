import Testing

@Test("no two targets declare top-level types with the same name")
func typeNamesAreUnique() {
    var targets: [String: Set<String>] = [:]
    for file in SourceTree.sources {
        for name in DeclarationScanner(file.lines).declared {
            targets[name, default: []].insert(file.target)
        }
    }
    #expect(targets.count > 500, "the scanner misses types")
    for (name, owners) in targets.sorted(by: { $0.key < $1.key }) where owners.count > 1 {
        Issue.record("\(name) is declared by \(owners.sorted().joined(separator: " and "))")
    }
}

@Test("every file is named after a type that it declares or extends", arguments: SourceTree.sources)
func fileNamesSayTheirType(file: SourceFile) {
    let name = file.path.split(separator: "/").last?.dropLast(".swift".count) ?? ""
    let type = String(name.prefix { $0 != "+" })
    let found = DeclarationScanner(file.lines)
    // `extension Readings.Listing` may be in `Readings+GES.swift` or `Listing.swift`.
    let extended = found.extended.flatMap { $0.split(separator: ".").map(String.init) }
    let candidates = name.contains("+") ? extended : found.declared + extended
    #expect(
        candidates.contains(type),
        "\(file.path) is not named after one of \(found.declared + found.extended)"
    )
}

@Test("the declaration scanner finds only top-level types")
func scannerFindsTypes() {
    let found = DeclarationScanner([
        "/// struct No", "package struct A<T>: Sendable {", "    struct Inner {}",
        "private indirect enum B: Error {", "@main", "final class C {",
        "@MainActor extension D.E: Hashable {", "func struct() {}", "typealias F = Int",
        "enum G {}",
    ])
    #expect(found.declared == ["A", "B", "C", "F", "G"])
    #expect(found.extended == ["D.E"])
}
