import Foundation
import Testing

@Test("every rule file has a unit test next to it")
func ruleFilesHaveTests() throws {
    let folder = SourceTree.root.appending(path: "rules")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let rules = names.filter { $0.hasSuffix(".yml") }
    #expect(!rules.isEmpty)
    for rule in rules {
        let test = rule.dropLast(".yml".count) + "_test.yaml"
        #expect(names.contains(String(test)), "rules/\(rule) has no rules/\(test)")
    }
}
