import SQLite
import Remediation
package import Time

/// Both clocks of the host at one moment. By it the next start notices that the wall clock was set
/// while no agent was running.
package struct ClockRecord: Hashable, Sendable {
    /// The host's boot: the elapsed time starts at zero with each.
    package var bootID: String
    /// Since the boot, including suspension.
    package var elapsed: Duration
    package var wall: Timestamp
    /// An earlier boot has already seen this moment, so a wall clock before it is wrong.
    package var earliest: Timestamp?

    package init(bootID: String, elapsed: Duration, wall: Timestamp, earliest: Timestamp? = nil) {
        self.bootID = bootID
        self.elapsed = elapsed
        self.wall = wall
        self.earliest = earliest
    }
}

extension Ledger {
    /// nil if no clock was ever recorded.
    package func loadClock() throws(LedgerError) -> ClockRecord? {
        try read { db in
            let row = try db.fetchOne(
                sql: "SELECT boot_id, elapsed, wall, earliest FROM clock"
            )
            return try row.map { row in
                let earliest: Int64? = try row.get("earliest")
                return ClockRecord(
                    bootID: try row.get("boot_id"),
                    elapsed: .milliseconds(try row.get("elapsed", as: Int64.self)),
                    wall: Timestamp(milliseconds: try row.get("wall")),
                    earliest: earliest.map(Timestamp.init(milliseconds:))
                )
            }
        }
    }
}

extension Database {
    /// Replaces the only row: of the clocks only the newest reading matters.
    func save(_ clock: ClockRecord) throws {
        try execute(
            sql: """
                INSERT INTO clock (id, boot_id, elapsed, wall, earliest) VALUES (1, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE
                SET boot_id = excluded.boot_id, elapsed = excluded.elapsed,
                    wall = excluded.wall, earliest = excluded.earliest
                """,
            arguments: [
                clock.bootID, clock.elapsed.wholeMilliseconds, clock.wall.milliseconds,
                clock.earliest?.milliseconds,
            ]
        )
    }
}
