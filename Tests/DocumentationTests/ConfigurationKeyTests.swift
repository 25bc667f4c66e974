import Configuration
import Diagnosis
import Foundation
import Remediation
import Testing

/// The tables of keys against the decoder of the configuration file.
@Suite("The tables of keys", .serialized)
struct ConfigurationKeyTests {
    /// Words in the code of the decoder that are no keys.
    private static let noKeys: Set<String> = [
        // The key of a window's selector comes as an argument.
        "a", "x", "z", "bearer",
        // Names of what is hashed.
        "policy", "rules",
    ]
    /// Keys whose example needs something that the base lacks, or changes nothing by design.
    private static let withoutEffect: Set<String> = []

    struct Row: Sendable, CustomTestStringConvertible {
        let key: String
        let defaultText: String
        let example: String

        var testDescription: String { key }
        var path: [String] { key.split(separator: ".").map(String.init) }
    }

    static let rows: [Row] = (try? read()) ?? []

    private static func read() throws -> [Row] {
        let page = try Document.page("Configuration")
        let titles = page.headings.map(\.text).filter { $0.hasPrefix("Keys of ") }
        return try (titles + ["Maintenance windows"]).flatMap { title in
            try page.table(in: title, head: "key").map { cells in
                Row(
                    key: Document.codes(in: cells[0]).first ?? "",
                    defaultText: cells[2].hasPrefix("`")
                        ? Document.codes(in: cells[2]).first ?? "" : "",
                    example: Document.codes(in: cells[3]).first ?? ""
                )
            }
        }
    }

    @Test("have an example for every key", arguments: rows)
    func examples(row: Row) throws {
        let place = try ConfigurationPlace()
        defer { place.remove() }
        let read = place.read(row.path, row.example)
        #expect(read.errors.isEmpty, "\(row.key): \(row.example): \(read.errors)")
    }

    @Test("state the default that applies", arguments: rows.filter { !$0.defaultText.isEmpty })
    func defaults(row: Row) throws {
        let place = try ConfigurationPlace()
        defer { place.remove() }
        let absent = place.read(row.path, nil)
        let stated = place.read(row.path, row.defaultText)
        #expect(stated.errors.isEmpty, "\(row.key): \(stated.errors)")
        #expect(stated.fingerprint == absent.fingerprint, "\(row.key): \(row.defaultText)")
        guard !Self.withoutEffect.contains(row.key), row.example != row.defaultText else { return }
        let other = place.read(row.path, row.example)
        #expect(other.fingerprint != absent.fingerprint, "\(row.key) has no effect")
    }

    @Test("have every key that the decoder knows, and no other")
    func keys() throws {
        var known: Set<String> = []
        for source in Document.sources(below: "Sources/Configuration/Reading") {
            for match in source.text.matches(of: /"([a-z][a-z0-9_]*)"/) {
                known.insert(String(match.1))
            }
        }
        // Those whose names are cases of an enumeration.
        known.formUnion(HangClass.allCases.map(\.rawValue))
        known.formUnion(CancellableTask.Kind.allCases.map(\.rawValue))
        known.subtract(Self.noKeys)
        let leaves = Self.rows.flatMap(\.path).map { $0.replacing("[]", with: "") }
        #expect(known == Set(leaves))
        #expect(Set(Self.rows.map(\.key)).count == Self.rows.count, "a key is listed twice")
    }

    @Test("say that entries may override every key of remediation and diagnosis")
    func entries() throws {
        let place = try ConfigurationPlace()
        defer { place.remove() }
        for row in Self.rows where row.key.hasPrefix("remediation.") {
            let read = place.read(["graphs[]"] + row.path.dropFirst(), row.example)
            #expect(read.errors.isEmpty, "\(row.key): \(read.errors)")
        }
    }

    @Test("have the modes that exist")
    func modes() throws {
        let modes = try Document.page("Configuration").words(in: "Keys of graphs", head: "mode")
        #expect(modes == Mode.allCases.map(\.rawValue))
    }

    /// The examples of whole sections.
    @Test("are followed by examples that are valid")
    func blocks() throws {
        let place = try ConfigurationPlace()
        defer { place.remove() }
        var count = 0
        for page in ["Configuration", "GettingStarted", "Alertmanager"] {
            for block in try Document.page(page).blocks where block.language == "yaml" {
                let own = ["cloud:", "graphs:", "maintenance:", "alertmanagers:", "webhook:"]
                guard own.contains(where: block.text.hasPrefix) else { continue }
                let errors = place.read(section: block.text)
                #expect(errors.isEmpty, "\(page): \(errors)")
                count += 1
            }
        }
        #expect(count >= 6)
    }
}
