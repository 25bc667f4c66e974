import ArgumentParser
import API
import JSON
import Ledger
import Remediation

/// Verifies the audit trail in the files of an agent.
enum HistoryVerification {
    static func run(_ folder: String, _ output: ClientOptions.Output) throws {
        let report: ChainReport
        do throws(LedgerError) {
            guard let found = try LedgerReader(folder: folder).verifyAudit() else { return }
            report = found
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(2)
        }
        switch output {
        case .json:
            try HistoryOutput.write(HistoryDocument.report(report))
        case .table:
            Terminal.output("\(report)")
        }
        if !report.isIntact { throw ExitCode(1) }
    }
}
