import Cycle
import JSON
import PromQL
import Series
import Time

/// The answer of `GET /api/v2/silences`.
enum SilenceDocument {
    static let maximumBytes = 8 << 20
    private static let mostMatchers = 100
    private static let longestText = 256

    /// Why an answer cannot be used.
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// The silences that have not expired at `now`, and how many could not be read.
    static func read(
        _ bytes: [UInt8],
        at now: Timestamp
    ) throws(Malformed) -> (silences: [Silence], unreadable: Int) {
        let document: JSONValue
        do {
            document = try JSONValue.parse(bytes, limits: JSONLimits(maximumBytes: maximumBytes))
        } catch {
            throw Malformed(description: "the list of silences is not JSON: \(error)")
        }
        guard let list = document.arrayValue else {
            throw Malformed(description: "expected a list of silences, found \(document.kind)")
        }
        var (silences, unreadable) = ([Silence](), 0)
        for item in list where item["status"]?["state"]?.stringValue != "expired" {
            guard silences.count < SilenceBook.most, let silence = silence(item) else {
                unreadable += 1
                continue
            }
            if silence.endsAt > now { silences.append(silence) }
        }
        return (silences, unreadable)
    }

    private static func silence(_ item: JSONValue) -> Silence? {
        guard let id = item["id"]?.stringValue, let startsAt = time(item["startsAt"]),
            let endsAt = time(item["endsAt"]), let list = item["matchers"]?.arrayValue,
            (1...mostMatchers).contains(list.count)
        else { return nil }
        let matchers = list.compactMap(matcher)
        // Without one of its matchers a silence would cover more than was meant.
        guard matchers.count == list.count else { return nil }
        return Silence(
            id: shown(id),
            createdBy: shown(item["createdBy"]?.stringValue ?? ""),
            comment: shown(item["comment"]?.stringValue ?? ""),
            startsAt: startsAt,
            endsAt: endsAt,
            matchers: matchers
        )
    }

    private static func matcher(_ item: JSONValue) -> LabelMatcher? {
        guard let name = item["name"]?.stringValue, let value = item["value"]?.stringValue,
            let isRegex = item["isRegex"]?.boolValue
        else { return nil }
        // Absent in the answers of Alertmanagers before 0.22.
        let isEqual = item["isEqual"]?.boolValue ?? true
        guard isRegex else {
            return LabelMatcher(name: name, isEqual ? .equal(value) : .notEqual(value))
        }
        guard let pattern = try? LabelValuePattern(value) else { return nil }
        return LabelMatcher(name: name, isEqual ? .matches(pattern) : .doesNotMatch(pattern))
    }

    private static func time(_ value: JSONValue?) -> Timestamp? {
        value?.stringValue.flatMap { Timestamp(rfc3339: $0) }
    }

    /// On one line: it is shown in logs and on pages.
    private static func shown(_ text: String) -> String {
        let line = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
            )
        )
        return line.count > longestText ? line.prefix(longestText) + "..." : line
    }
}
