import Cycle
import Files
package import PromQL
import Rules
import StrictYAML

/// The result of `graphwarden check rules` for one file.
package struct RuleFileCheck: Sendable {
    /// Which warnings to report.
    package enum Lint: String, CaseIterable, Sendable {
        case all
        /// Only the findings of promtool's lint of this name.
        case duplicateRules = "duplicate-rules"
        case none
    }

    /// The name and content of a file.
    package struct Source: Sendable {
        package let name: String
        fileprivate let content: Result<String, FileError>

        /// Nil if the file could not be read.
        var text: String? { try? content.get() }

        package static func read(_ file: String) -> Source {
            Source(name: file, content: Result { () throws(FileError) in try TextFile.text(file) })
        }

        /// Reads a file that a person named, which may be a pipe, or standard input if the name is
        /// `-`. The agent itself must not wait for a pipe.
        package static func argument(_ file: String) -> Source {
            let isInput = file == "-"
            return Source(
                name: isInput ? "standard input" : file,
                content: Result { () throws(FileError) in
                    try isInput ? TextFile.standardInput() : TextFile.argument(file)
                }
            )
        }
    }

    package let name: String
    package private(set) var ruleCount = 0
    /// One line each, with file, line and column.
    package private(set) var errors: [String] = []
    /// In the same format; the warnings selected by `--lint`.
    package private(set) var warnings: [String] = []
    package private(set) var duplicateCount = 0
    /// 0 valid, 1 invalid, 2 unreadable.
    package private(set) var exitCode: Int32 = 0

    package static func check(
        _ sources: [Source],
        lint: Lint,
        options: ParserOptions = ParserOptions()
    ) -> [RuleFileCheck] {
        zip(sources, readings(sources, options: options)).map { RuleFileCheck($0, $1, lint) }
    }

    /// Reads files together, because a rule of one file may select series that another records. An
    /// unreadable file has this as its only issue.
    static func readings(
        _ sources: [Source],
        options: ParserOptions = ParserOptions()
    ) -> [RuleFileReading] {
        var vocabulary = GraphMetric.vocabulary
        for source in sources {
            guard case .success(let text) = source.content,
                let file = RuleFile.read(text, file: source.name, options: options).file
            else { continue }
            vocabulary.add(file)
        }
        return sources.map { source in
            switch source.content {
            case .success(let text):
                return RuleFile.read(
                    text,
                    file: source.name,
                    options: options,
                    vocabulary: vocabulary
                )
            case .failure(let error):
                let issue = YAMLIssue(file: source.name, mark: .start, message: error.reason)
                return RuleFileReading(file: nil, issues: [issue], duplicates: [])
            }
        }
    }

    private init(_ source: Source, _ reading: RuleFileReading, _ lint: Lint) {
        name = source.name
        ruleCount = reading.file?.groups.reduce(0) { $0 + $1.rules.count } ?? 0
        errors = reading.issues.filter { $0.severity == .error }.map { "\($0)" }
        exitCode = errors.isEmpty ? 0 : 1
        if case .failure(let error) = source.content {
            errors = ["\(error)"]
            exitCode = 2
        }
        var shown = lint == .none ? [] : reading.duplicates
        duplicateCount = shown.count
        if lint == .all { shown += reading.issues.filter { $0.severity == .warning } }
        warnings = shown.sorted { $0.mark < $1.mark }.map { "\($0)" }
    }
}

extension GraphMetric {
    /// The series that the agent provides to rules.
    static var vocabulary: SeriesVocabulary {
        SeriesVocabulary(
            metrics: Dictionary(
                uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.labelNames) }
            ),
            delayed: Set(delayed.map(\.rawValue))
        )
    }
}
