import Glibc
import Rules

extension LoadedConfiguration {
    /// Rules of `previous` that are gone although the configuration still names their files: a file
    /// without rules, or a pattern that matches no file. One message each. Such a state may pass,
    /// while files are rewritten or a volume is mounted.
    ///
    /// A single file that is gone is no loss as long as its pattern matches another.
    package func losses(since previous: LoadedConfiguration) -> [String] {
        let earlier = previous.ruleFiles.filter { !$0.isEmpty }
        let emptied = earlier.filter { file in
            ruleFiles.contains { $0.path == file.path && $0.isEmpty }
        }
        let unmatched = configuration.ruleFiles.filter { pattern in
            earlier.contains { Self.matches($0, pattern) }
                && !ruleFiles.contains { Self.matches($0, pattern) }
        }
        return emptied.map { "\($0.path): contains no rules any more" }
            + unmatched.map { "\($0): matches no file any more" }
    }

    private static func matches(_ file: RuleFile, _ pattern: String) -> Bool {
        unsafe fnmatch(pattern, file.path, FNM_PATHNAME | FNM_PERIOD) == 0
    }
}

extension RuleFile {
    fileprivate var isEmpty: Bool { groups.allSatisfy(\.rules.isEmpty) }
}
