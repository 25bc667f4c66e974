import Cycle
import Diagnosis
import Foundation
import Remediation
import Testing

/// The words that the program uses in metrics, the API and the log.
@Suite("The documentation")
struct ConceptTests {
    @Test("lists the gates in their order")
    func gates() throws {
        let concepts = try Document.page("Concepts")
        #expect(try concepts.words(in: "Gates") == Gate.allCases.map(\.rawValue))
    }

    @Test("lists every reason for a hold")
    func holds() throws {
        let concepts = try Document.page("Concepts")
        #expect(try concepts.words(in: "Reasons for a hold") == HoldReason.labels.sorted())
    }

    @Test("lists every state of a remediation")
    func states() throws {
        let concepts = try Document.page("Concepts")
        let states = try concepts.words(in: "States of a remediation")
        #expect(states.sorted() == RemediationState.labels.sorted())
    }

    @Test("lists every verdict and outcome of a probe")
    func verdicts() throws {
        let concepts = try Document.page("Concepts")
        #expect(try concepts.words(in: "Verdicts").sorted() == Verdict.labels.sorted())
        let outcomes = try concepts.words(in: "Signs", head: "outcome of a probe")
        #expect(outcomes.sorted() == Answer.labels.sorted())
    }

    @Test("lists every outcome of an attempt, and whether it counts")
    func outcomes() throws {
        let rows = try Document.page("Concepts").table(in: "One restart, sent once")
        var counts: [String: String] = [:]
        for row in rows { counts[row[0].replacing("`", with: "")] = row[2] }
        let wanted = AttemptOutcome.allCases.map { ($0.rawValue, $0.counts ? "yes" : "no") }
        #expect(counts == Dictionary(uniqueKeysWithValues: wanted))
    }

    @Test("lists what an order may override")
    func overrides() throws {
        let operating = try Document.page("Operating")
        let named = try operating.words(in: "Restart by hand", head: "override")
        #expect(named == Override.named.map(\.rawValue).sorted())
    }

    @Test("lists every kind of line of the audit trail")
    func kinds() throws {
        let page = try Document.page("IncidentsAndHistory")
        let kinds = AuditEntry.Kind.allCases.map(\.rawValue)
        #expect(try page.words(in: "Read and export").sorted() == kinds.sorted())
    }

    @Test("lists every reason of a failure")
    func failures() throws {
        let rows = try Document.page("Metrics").table(in: "Label values")
        let row = rows.first { $0[0].contains("graphwarden_remediation_failures_total") }
        let reasons = Document.codes(in: row?[1] ?? "")
        #expect(reasons == FailureReason.allCases.map(\.rawValue))
    }

    @Test("lists every reason of detect-only")
    func detectOnly() throws {
        let page = try Document.page("Troubleshooting")
        let reasons = Set(try page.words(in: "Detect-only"))
        #expect(reasons == Set(DetectOnlyReason.labels))
    }

    /// Troubles are named where they are made.
    @Test("lists every trouble")
    func troubles() throws {
        var names: Set<String> = []
        for source in Document.sources(below: "Sources") {
            for match in source.text.matches(of: /\bTrouble\(\s*"([a-z_]+)"/) {
                names.insert(String(match.1))
            }
            for match in source.text.matches(of: /[tT]rouble = "([a-z_]+)"/) {
                names.insert(String(match.1))
            }
            guard source.path.hasSuffix("Trouble.swift") else { continue }
            for match in source.text.matches(of: /\.init\(\s*"([a-z_]+)"/) {
                names.insert(String(match.1))
            }
        }
        #expect(names.count > 10)
        let page = try Document.page("Troubleshooting")
        #expect(Set(try page.words(in: "Troubles")) == names)
    }

    /// Each command names its exit codes in its help.
    @Test("explains every exit status")
    func exitStatus() async throws {
        let explained = Set(
            try Document.page("CommandLine").table(in: "Exit status").map { $0[0] }
        )
        var named: Set<String> = []
        for (_, command) in try await CommandDump.read().all() {
            for match in (command.discussion ?? "").matches(of: /Exit codes: ((?:[^.]|\n)*)/) {
                for code in match.1.matches(of: #/(?:^|, )(\d+)\s/#) {
                    named.insert(String(code.1))
                }
            }
        }
        #expect(named == explained)
    }
}
