import ArgumentParser
import StrictYAML

/// Words that an option may have. A misspelt one would look like "there are none".
enum KnownWords {
    static func check(_ option: String, _ value: String?, _ known: [String]) throws {
        guard let value, !known.contains(value) else { return }
        let hint = Suggestion.closest(to: value, among: known).map { "; did you mean \"\($0)\"?" }
        throw ValidationError(
            "\(option): \"\(value)\" is none of \(known.joined(separator: ", "))\(hint ?? "")"
        )
    }
}
