import GRDB

/// The tables and their constraints. A migration that was released is never changed; new ones are
/// appended.
///
/// What must not happen is refused here and not only in the program: a graph has one open intent
/// at most, attempts only go up, and the past is not rewritten.
enum Schema {
    static func migrate(_ database: DatabaseQueue) throws {
        let migrator = migrator
        let applied = try database.read(migrator.appliedIdentifiers)
        let unknown = applied.subtracting(migrator.migrations).sorted()
        guard unknown.isEmpty else {
            let text = "it contains \"\(unknown.joined(separator: "\", \""))\""
            throw LedgerError(cause: .newerSchema(text), path: "")
        }
        try migrator.migrate(database)
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 intents, outcomes, endings") { try $0.execute(sql: intents) }
        migrator.registerMigration("2 states of graphs and alerts, pauses") {
            try $0.execute(sql: states)
        }
        migrator.registerMigration("3 audit") { try $0.execute(sql: audit) }
        migrator.registerMigration("4 received alerts") { try $0.execute(sql: receivedAlerts) }
        migrator.registerMigration("5 clock") { try $0.execute(sql: clock) }
        return migrator
    }

    private static let intents = """
        CREATE TABLE intent (
            id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
            graph_id TEXT NOT NULL CHECK (graph_id <> ''),
            attempt INTEGER NOT NULL CHECK (attempt > 0),
            created_at INTEGER NOT NULL,
            json TEXT NOT NULL CHECK (json_valid(json)),
            UNIQUE (graph_id, attempt)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX intent_by_time ON intent (created_at);

        CREATE TABLE outcome (
            intent_id TEXT NOT NULL PRIMARY KEY REFERENCES intent (id) ON DELETE CASCADE,
            label TEXT NOT NULL CHECK (
                label IN
                ('accepted', 'refused', 'unauthorised', 'throttled', 'not_sent', 'unknown')),
            at INTEGER NOT NULL,
            json TEXT NOT NULL CHECK (json_valid(json))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE ending (
            intent_id TEXT NOT NULL PRIMARY KEY REFERENCES intent (id) ON DELETE CASCADE,
            outcome TEXT NOT NULL CHECK (
                outcome IN
                ('verified', 'notRecovered', 'stalled', 'refused', 'probablyNotLanded', 'notSent',
                 'unauthorised', 'throttled')),
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER intent_after_the_end_of_the_one_before BEFORE INSERT ON intent
        WHEN EXISTS (
            SELECT 1 FROM intent AS before
            WHERE before.graph_id = new.graph_id
                AND (before.attempt >= new.attempt
                    OR NOT EXISTS (SELECT 1 FROM ending WHERE intent_id = before.id)))
        BEGIN
            SELECT raise(ABORT, 'the attempt before has not ended, or was a later one');
        END;
        CREATE TRIGGER intent_stays BEFORE UPDATE ON intent
        BEGIN SELECT raise(ABORT, 'an intent is never changed'); END;
        CREATE TRIGGER outcome_stays BEFORE UPDATE ON outcome
        BEGIN SELECT raise(ABORT, 'an outcome is never changed'); END;
        CREATE TRIGGER ending_stays BEFORE UPDATE ON ending
        BEGIN SELECT raise(ABORT, 'an ending is never changed'); END;
        """

    private static let states = """
        CREATE TABLE graph_state (
            graph_id TEXT NOT NULL PRIMARY KEY CHECK (graph_id <> ''),
            schema_version INTEGER NOT NULL CHECK (schema_version > 0),
            json TEXT NOT NULL CHECK (json_valid(json))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE pause (
            position INTEGER NOT NULL PRIMARY KEY,
            json TEXT NOT NULL CHECK (json_valid(json))
        ) STRICT;

        CREATE TABLE alert_state (
            key TEXT NOT NULL PRIMARY KEY,
            json TEXT NOT NULL CHECK (json_valid(json))
        ) STRICT, WITHOUT ROWID;
        """

    private static let audit = """
        CREATE TABLE audit (
            seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            graph_id TEXT CHECK (graph_id <> ''),
            kind TEXT NOT NULL CHECK (kind <> ''),
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            intent_id TEXT
        ) STRICT;
        CREATE INDEX audit_by_graph ON audit (graph_id, seq);
        CREATE INDEX audit_by_time ON audit (at);
        CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
        BEGIN SELECT raise(ABORT, 'the audit trail is never changed'); END;
        """

    private static let clock = """
        CREATE TABLE clock (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            boot_id TEXT NOT NULL,
            elapsed INTEGER NOT NULL,
            wall INTEGER NOT NULL,
            earliest INTEGER
        ) STRICT;
        """

    private static let receivedAlerts = """
        CREATE TABLE received_alert (
            fingerprint TEXT NOT NULL CHECK (fingerprint <> ''),
            starts_at INTEGER NOT NULL,
            json TEXT NOT NULL CHECK (json_valid(json)),
            PRIMARY KEY (fingerprint, starts_at)
        ) STRICT, WITHOUT ROWID;
        """
}
