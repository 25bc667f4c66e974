import Files
import Foundation
import Rules
import StrictYAML
import Testing

@testable import Configuration

/// A folder with a configuration, a secret and rule files.
private struct Place {
    let folder: TemporaryFolder
    static let rules = """
        groups:
          - name: g
            rules: [{record: r, expr: 'max_over_time(ges_graph_probe_success[5m])'}]

        """
    static let cloud = """
        cloud:
          region: cn-north-4
          project_id: a
          credentials: {token: {file: token}}

        """

    init() throws {
        folder = try TemporaryFolder(prefix: "graphwarden-check-")
        try folder.write("a-token\n", to: "token")
        try folder.write(Self.rules, to: "a.yml")
    }

    /// The findings of `check config`, without the folder.
    func findings(_ text: String) throws -> [String] {
        try folder.write(text, to: "g")
        let check = ConfigurationCheck.check(folder.path + "/g")
        let lines = check.lines.filter { $0.contains("warning: ") } + check.problems
        return lines.map { $0.replacing(folder.path + "/", with: "") }
    }
}

@Suite("check config")
struct CautionTests {
    @Test(
        "reports each mistake and caution once, at its own line",
        arguments: [
            ("", []), ("sampling: {interval: 30s}", []),
            (
                "remediation:\n  cooldown: 1m\ngraphs:\n- match: {name: a}\n- match: {name: b}",
                ["g:7:3: warning: remediation: cooldown 1m is shorter than"]
            ),
            (
                "graphs:\n- match: {name: a}\n  state_change_grace: 1m",
                ["g:8:3: warning: graphs[0]: state_change_grace 1m is shorter"]
            ),
            (
                "remediation:\n  budget: {8d: 1}\ngraphs: [{match: {name: a}}]",
                ["g:7:3: remediation: the window"]
            ),
            (
                "sampling:\n  interval: 20s\n  timeout: 25s",
                ["g:8:3: warning: sampling: the timeout 25s is above the interval 20s"]
            ),
            ("sampling:\n  interval: 5s", ["g:7:3: warning: sampling: the timeout 10s is above"]),
            ("sampling: {interval: 10s}", []),
            (
                "sampling:\n  interval: 1m\nremediation:\n  verify: {probes: 5, within: 3m59s}",
                ["g:9:3: remediation: verify: 5 probes take at least 4m"]
            ),
            ("remediation:\n  verify: {probes: 5, within: 2m}", []),
            (
                "graphs:\n- match: {name: a}\n  verify: {within: 1m}",
                ["g:8:3: graphs[0]: verify: 5 probes take at least 2m"]
            ),
            (
                "sampling:\n  interval: 5m1s",
                [
                    "g:7:13: remediation: verify: 5 probes take"
                ]
            ),
            (
                "sampling:\n  interval: 5m\nremediation: {verify: {within: 1h}}", []
            ),
            (
                "sampling:\n  interval: 301s\nremediation: {verify: {within: 1h}}",
                ["g:7:13: warning: sampling.interval: 5m1s is too long for the rules: a.yml: group"]
            ),
            ("webhook: {alerts: [A]}", ["g:6:1: warning: webhook without token_file"]),
        ] as [(String, [String])]
    )
    func cautions(text: String, expected: [String]) throws {
        let place = try Place()
        defer { place.folder.remove() }
        let found = try place.findings(Place.cloud + "rule_files: [a.yml]\n" + text + "\n")
        #expect(found.count == expected.count, "\(found)")
        for (line, beginning) in zip(found, expected) {
            #expect(line.hasPrefix(beginning), "\(line)")
        }
    }

    @Test(
        "knows the regions of the service",
        arguments: [
            ("cn-north-4", nil), ("eu-west-101", nil), ("cn-nort-4", "; did you mean cn-north-4?"),
            ("cn-north-44", "; did you mean cn-north-4?"), ("mars", "known to have GES"),
        ] as [(String, String?)]
    )
    func regions(region: String, expected: String?) throws {
        let place = try Place()
        defer { place.folder.remove() }
        let text = Place.cloud.replacing("cn-north-4", with: region) + "rule_files: [a.yml]\n"
        let found = try place.findings(text)
        #expect(found.count == (expected == nil ? 0 : 1), "\(found)")
        if let expected {
            #expect(found.first?.hasPrefix("g:2:3: warning: cloud: \"\(region)\"") == true)
            #expect(found.first?.hasSuffix(expected) == true, "\(found)")
        }
        let own = text.replacing(
            "  project_id",
            with: "  endpoints: {ges: https://x}\n  project_id"
        )
        #expect(try place.findings(own).isEmpty)
    }

    @Test(
        "recognises a glob among regular expressions",
        arguments: [
            ("prod-*", "prod-.*"), ("*-prod", ".*-prod"), ("a*b", "a.*b"), ("prod-?", "prod-."),
            ("prod-.*", nil), ("prod-[0-9]*", nil), ("(a|b)*", nil), ("a.+", nil), ("colou?r", nil),
            ("a\\.*", nil), ("\\d*", nil),
        ] as [(String, String?)]
    )
    func globs(pattern: String, meant: String?) throws {
        let place = try Place()
        defer { place.folder.remove() }
        let text = Place.cloud + "rule_files: [a.yml]\ngraphs:\n- match: {name: '\(pattern)'}\n"
        let found = try place.findings(text)
        #expect(found.count == (meant == nil ? 0 : 1), "\(found)")
        if let meant {
            #expect(found.first?.hasPrefix("g:7:17: ") == true, "\(found)")
            #expect(found.first?.hasSuffix("; did you mean \"\(meant)\"?") == true, "\(found)")
        }
    }

    @Test(
        "finds entries that an earlier one shadows",
        arguments: [
            ("{name: a}", "{name: a}", true), ("{name: '.*'}", "{name: a, tags: {e: x}}", true),
            ("{name: '.+'}", "{id: a}", true), ("{name: 'a.*'}", "{name: 'ab.*'}", true),
            ("{name: 'a.*'}", "{name: 'ab|ac'}", true), ("{name: 'a.*'}", "{name: 'ab|c'}", false),
            ("{name: a, id: b}", "{name: a}", false), ("{name: a}", "{name: a, id: b}", true),
            ("{name: 'ab.*'}", "{name: 'a.*'}", false), ("{tags: {e: '.+'}}", "{name: a}", false),
            ("{tags: {e: '.*'}}", "{name: a}", true), ("{tags: {e: x}}", "{tags: {e: x}}", true),
            ("{tags: {e: x}}", "{tags: {f: x}}", false), ("{name: 'a|b'}", "{name: b}", true),
        ]
    )
    func shadows(first: String, second: String, isShadowed: Bool) throws {
        let place = try Place()
        defer { place.folder.remove() }
        let found = try place.findings(
            Place.cloud + "rule_files: [a.yml]\ngraphs:\n- match: \(first)\n- match: \(second)\n"
        )
        #expect(found.count == (isShadowed ? 1 : 0), "\(found)")
        if isShadowed {
            let expected = "g:8:3: warning: graphs[1]: never applies, because the entry on line 7"
            #expect(found.first?.hasPrefix(expected) == true, "\(found)")
        }
    }

    @Test("reports mistakes in rule files beside those of the configuration")
    func both() throws {
        let place = try Place()
        defer { place.folder.remove() }
        try place.folder.write("groups: [{nam: g}]\n", to: "b.yml")
        let found = try place.findings(Place.cloud + "rule_files: ['*.yml']\nodd: 1\n")
        #expect(found.count == 2, "\(found)")
        #expect(found.first?.hasPrefix("g:6:1: unknown key \"odd\"") == true, "\(found)")
        #expect(found.contains { $0.hasPrefix("b.yml:1:11: ") }, "\(found)")
    }

    @Test("has nothing to say about rule files without rules beyond one line")
    func noRules() throws {
        let place = try Place()
        defer { place.folder.remove() }
        try place.folder.write("groups: []\n", to: "b.yml")
        let found = try place.findings(Place.cloud + "rule_files: [b.yml]\n")
        #expect(found == ["g:5:13: warning: rule_files: no rules: nothing is ever restarted"])
        let none = try place.findings(Place.cloud)
        #expect(none == ["g:1:1: warning: no rule_files: nothing is ever restarted"])
    }

    @Test("loads a file once that several patterns match, under each of its names")
    func overlap() throws {
        let place = try Place()
        defer { place.folder.remove() }
        let patterns = "['*.yml', a.yml, './a.yml', 'x/../a*.yml', '\(place.folder.path)//a.yml']"
        let text = Place.cloud + "rule_files: \(patterns)\n"
        try place.folder.write(text, to: "g")
        let file = place.folder.path + "/g"
        #expect(try LoadedConfiguration.load(file).ruleFiles.count == 1)
        try FileManager.default.createSymbolicLink(
            atPath: place.folder.path + "/b.yml",
            withDestinationPath: "a.yml"
        )
        let names = try LoadedConfiguration.load(file).ruleFiles.map(\.path)
        #expect(names == ["a.yml", "b.yml"].map { place.folder.path + "/" + $0 })
    }

    @Test("of an automatic reload tells rules that vanished from rules that were removed")
    func losses() throws {
        let place = try Place()
        defer { place.folder.remove() }
        let folder = place.folder
        let file = folder.path + "/g"
        try FileManager.default.createDirectory(
            atPath: folder.path + "/more",
            withIntermediateDirectories: true
        )
        try folder.write(Place.rules, to: "more/b.yml")
        try folder.write(Place.rules, to: "more/c.yml")
        try folder.write(Place.cloud + "rule_files: [a.yml, more/*.yml]\n", to: "g")
        let before = try LoadedConfiguration.load(file)
        func losses() throws -> [String] {
            try LoadedConfiguration.load(file).losses(since: before)
                .map { $0.replacing(folder.path + "/", with: "") }
        }
        #expect(try losses() == [])
        for empty in ["", "# nothing\n", "groups:\n", "groups: []\n", "groups: [{name: g}]\n"] {
            try folder.write(empty, to: "a.yml")
            #expect(try losses() == ["a.yml: contains no rules any more"])
        }
        try folder.write(Place.rules, to: "a.yml")
        try FileManager.default.removeItem(atPath: folder.path + "/more/b.yml")
        #expect(
            try losses() == ["more/b.yml: is missing, though rule_files still matches it"]
        )
        try FileManager.default.removeItem(atPath: folder.path + "/more")
        #expect(try losses() == ["more/*.yml: matches no file any more"])
        try folder.write(Place.cloud + "rule_files: [a.yml]\n", to: "g")
        #expect(try losses() == [])
    }

    @Test("of an automatic reload tells folders and sections that vanished from ones removed")
    func otherLosses() throws {
        let place = try Place()
        defer { place.folder.remove() }
        let folder = place.folder
        for name in ["x", "y"] {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/rules/" + name,
                withIntermediateDirectories: true
            )
            try folder.write(Place.rules, to: "rules/\(name)/a.yml")
        }
        let sections = [
            Place.cloud, "remediation: {max_concurrent: 1}\n", "graphs: [{match: {name: g}}]\n",
            "rule_files: [rules/*/*.yml]\n",
        ]
        func load(_ text: String) throws -> LoadedConfiguration {
            try folder.write(text, to: "g")
            return try LoadedConfiguration.load(folder.path + "/g")
        }
        let before = try load(sections.joined())
        func losses(_ text: String) throws -> [String] {
            try load(text).losses(since: before).map { $0.replacing(folder.path + "/", with: "") }
        }
        #expect(try losses(sections.joined()) == [])
        // Cut off while it was written.
        let rules = "rule_files: there are no rules any more"
        let graphs = "graphs: the section is missing"
        let remediation = "remediation: the section is missing"
        #expect(try losses(sections.prefix(3).joined()) == [rules])
        #expect(try losses(sections.prefix(2).joined()) == [graphs, rules])
        #expect(try losses(sections.prefix(1).joined()) == [graphs, remediation, rules])
        for empty in ["graphs:\n", "graphs: []\n"] {
            #expect(try losses(sections[0] + sections[1] + empty + sections[3]) == [graphs])
        }
        #expect(try losses(sections[0] + sections[2] + sections[3]) == [remediation])
        // Entries may go, and a section may come.
        #expect(
            try losses(
                sections.joined().replacing("{match: {name: g}}", with: "{match: {name: h}}")
            )
                == []
        )
        // A renamed file has the same groups.
        let renamed = (folder.path + "/rules/y/a.yml", folder.path + "/rules/y/renamed.yml")
        try FileManager.default.moveItem(atPath: renamed.0, toPath: renamed.1)
        #expect(try losses(sections.joined()) == [])
        try FileManager.default.moveItem(atPath: renamed.1, toPath: renamed.0)
        // One of two folders.
        try FileManager.default.removeItem(atPath: folder.path + "/rules/y")
        #expect(
            try losses(sections.joined())
                == ["rules/y/a.yml: is missing, though rule_files still matches it"]
        )
        #expect(try losses(sections.prefix(3).joined() + "rule_files: [rules/x/*.yml]\n") == [])
    }

    @Test("refuses secrets that other users can write", arguments: [0o600, 0o620, 0o602])
    func writableSecrets(mode: mode_t) throws {
        let place = try Place()
        defer { place.folder.remove() }
        #expect(unsafe chmod(place.folder.path + "/token", mode) == 0)
        let found = try place.findings(Place.cloud + "rule_files: [a.yml]\n")
        #expect(found.isEmpty == (mode == 0o600), "\(found)")
        if mode != 0o600 {
            let digits = String(mode, radix: 8)
            let place = "g:4:31: cloud.credentials.token.file: token: can be written by other users"
            #expect(found.first?.hasPrefix(place) == true, "\(found)")
            #expect(found.first?.contains("(mode \(digits))") == true, "\(found)")
        }
    }

    @Test(
        "reads the key of a client certificate for etcd, which has several lines",
        arguments: [
            ("-----BEGIN EC PRIVATE KEY-----\nMA==\n-----END EC PRIVATE KEY-----\n", nil),
            ("-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n", nil),
            ("secret\n", "key: contains no PEM private key"), (nil, "key: No such file"),
        ] as [(String?, String?)]
    )
    func clientKey(content: String?, expected: String?) throws {
        let place = try Place()
        defer { place.folder.remove() }
        if let content { try place.folder.write(content, to: "key") }
        let etcd = "{endpoints: [https://etcd-1], cert_file: a.yml, key_file: key}"
        let found = try place.findings(
            Place.cloud + "rule_files: [a.yml]\nledger: {etcd: \(etcd)}\n"
        )
        #expect(found.count == (expected == nil ? 0 : 1), "\(found)")
        if let expected { #expect(found.first?.contains(expected) == true, "\(found)") }
    }

    @Test("refuses a named pipe among the rule files without waiting for a writer")
    func pipe() throws {
        let place = try Place()
        defer { place.folder.remove() }
        #expect(unsafe mkfifo(place.folder.path + "/pipe.yml", 0o600) == 0)
        let found = try place.findings(Place.cloud + "rule_files: [a.yml, pipe.yml]\n")
        #expect(found == ["pipe.yml:1:1: is a named pipe; expected a regular file"])
    }

    @Test("has nothing to say about the example of the documentation and the shipped rules")
    func shipped() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = root.appending(path: "Sources/graphwarden/Documentation.docc/Configuration.md")
        let blocks = try String(contentsOf: page, encoding: .utf8).split(separator: "```yaml\n")
            .dropFirst()
            .compactMap { $0.split(separator: "```").first }
        let example = try #require(blocks.first { $0.hasPrefix("cloud:") })
        let place = try Place()
        defer { place.folder.remove() }
        try FileManager.default.copyItem(
            atPath: root.appending(path: "rules").path,
            toPath: place.folder.path + "/rules"
        )
        let text = example.replacing("/etc/graphwarden/password", with: "token")
        let findings = try place.findings(String(text))
        #expect(findings == [], "\(findings)")
    }
}
