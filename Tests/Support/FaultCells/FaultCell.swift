/// One cell of the matrix: a fleet in which one graph hangs, and one fault at one moment of the
/// incident.
///
/// The agent handles an error the same way with and without sockets, so most cells are simulated.
/// Real processes run the cells in which the HTTP client, TLS or a file decides what the agent
/// sees.
package struct FaultCell: Sendable, CustomStringConvertible {
    package let row: FaultRow
    package let moment: Moment

    package var description: String { "\(row.name) x \(moment)" }

    /// Each cell runs once: with real processes or in virtual time.
    package static let all = FaultRow.all.flatMap { row in
        row.moments.map { FaultCell(row: row, moment: $0) }
    }

    package static let ofProcesses = all.filter(\.isOfProcesses)
    package static let simulated = all.filter { !$0.isOfProcesses }

    private var isOfProcesses: Bool {
        Self.momentsOfProcesses[row.name]?.contains(moment) ?? false
    }

    package static let momentsOfProcesses: [String: Set<Moment>] = [
        "late answer": [.probe],
        "no answer": [.listing, .restart],
        "done, no answer": [.restart],
        "connection dropped": [.probe, .restart],
        "done, then dropped": [.restart],
        "answer cut off": [.listing, .restart],
        "slow drip": [.detail, .restart],
        "401": [.token],
        "429, date": [.listing],
        "token revoked": [.job],
        "redirect": [.token],
        "502 HTML": [.restart],
        "200 garbage": [.job],
        "huge body": [.listing, .restart],
        "gzip bomb": [.listing, .job],
        "wrong clock": [.token],
        "cloud silent": [.restart],
        "cloud refuses": [.detail, .restart],
        "certificate expired": [.listing, .restart],
        "of another host": [.token],
        "of another authority": [.probe],
    ]

    /// A refused password is not retried until its file changes, so these cells end as an operator
    /// would end them.
    package var isLockout: Bool {
        moment == .token && (row.name == "401" || row.name == "403")
    }
}
