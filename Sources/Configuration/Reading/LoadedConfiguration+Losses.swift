import Glibc
import Rules

extension LoadedConfiguration {
    /// Rules and limits of `previous` that are gone although nobody has removed them for certain:
    /// files that the configuration still names are missing or without rules, there are no rules at
    /// all any more, or a section that limits the agent is missing. One message each. Such a state
    /// may pass, while files are rewritten or a volume is mounted.
    package func losses(since previous: LoadedConfiguration) -> [String] {
        let earlier = previous.ruleFiles.filter { !$0.isEmpty }
        let present = Dictionary(
            ruleFiles.map { ($0.path, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var losses: [String] = []
        var covered: Set<String> = []
        for pattern in configuration.ruleFiles {
            let matching = earlier.filter { Self.matches($0, pattern) }
            guard !matching.isEmpty, !ruleFiles.contains(where: { Self.matches($0, pattern) })
            else { continue }
            losses.append("\(pattern): matches no file any more")
            covered.formUnion(matching.map(\.path))
        }
        for file in earlier where !covered.contains(file.path) {
            if let now = present[file.path] {
                if now.isEmpty { losses.append("\(file.path): contains no rules any more") }
            } else if configuration.ruleFiles.contains(where: { Self.matches(file, $0) }),
                !isRenamed(file, since: previous)
            {
                losses.append("\(file.path): is missing, though rule_files still matches it")
            }
        }
        if losses.isEmpty, !earlier.isEmpty, ruleFiles.allSatisfy(\.isEmpty) {
            losses.append("rule_files: there are no rules any more")
        }
        return configuration.missingSections(since: previous.configuration) + losses
    }

    /// Whether a file that is new has all groups of the missing one.
    private func isRenamed(_ file: RuleFile, since previous: LoadedConfiguration) -> Bool {
        let known = Set(previous.ruleFiles.map(\.path))
        let names = Set(file.groups.map(\.name))
        return ruleFiles.contains { other in
            !known.contains(other.path) && names.isSubset(of: other.groups.map(\.name))
        }
    }

    private static func matches(_ file: RuleFile, _ pattern: String) -> Bool {
        unsafe fnmatch(pattern, file.path, FNM_PATHNAME | FNM_PERIOD) == 0
    }
}

extension RuleFile {
    fileprivate var isEmpty: Bool { groups.allSatisfy(\.rules.isEmpty) }
}

extension Configuration {
    /// The sections without which the defaults apply.
    fileprivate func missingSections(since previous: Configuration) -> [String] {
        let gone = previous.sections.subtracting(sections).sorted()
        return gone.map { "\($0): the section is missing" }
    }
}
