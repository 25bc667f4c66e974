import SQLite

/// The tables and their constraints. A migration that was released is never changed; new ones are
/// appended.
///
/// What must not happen is refused here and not only in the program: a graph has one open intent
/// at most, attempts only go up, and the past is not rewritten.
///
/// Every time is in milliseconds since the Unix epoch. `json` columns hold the whole value; the
/// columns beside it repeat what constraints, indexes and shells need.
enum Schema {
    /// Applies the migrations that are missing. A database with a migration that this version does
    /// not know was written by a newer one and is left alone: what it means is not known here.
    static func migrate(_ database: DatabaseQueue) throws {
        try database.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS grdb_migrations
                    (identifier TEXT NOT NULL PRIMARY KEY)
                    """
            )
            let rows = try db.fetchAll(sql: "SELECT identifier FROM grdb_migrations")
            let applied = Set(try rows.map { try $0.get("identifier", as: String.self) })
            let unknown = applied.subtracting(migrations.map(\.name)).sorted()
            guard unknown.isEmpty else {
                let text = "it contains \"\(unknown.joined(separator: "\", \""))\""
                throw LedgerError(cause: .newerSchema(text), path: "")
            }
            for migration in migrations where !applied.contains(migration.name) {
                try migration.apply(db)
                try db.execute(
                    sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)",
                    arguments: [migration.name]
                )
            }
        }
    }

    private struct Migration: Sendable {
        let name: String
        let apply: @Sendable (Database) throws -> Void

        init(_ name: String, _ sql: String) {
            self.name = name
            apply = { db in try db.execute(sql: sql) }
        }

        init(_ name: String, apply: @escaping @Sendable (Database) throws -> Void) {
            self.name = name
            self.apply = apply
        }
    }

    /// In order. The name of their table is that of the library with which the first ledgers were
    /// written.
    private static let migrations = [
        Migration("1 intents, outcomes, endings", intents),
        Migration("2 states of graphs and alerts, pauses", states),
        Migration("3 audit", audit),
        Migration("4 received alerts", receivedAlerts),
        Migration("5 clock", clock),
        Migration("6 statuses of graphs", graphStatuses),
        Migration("7 memory of diagnosis", graphMemories),
        Migration("8 starts of the agent", starts),
        Migration("9 answers to orders", answers),
        Migration("10 hash chain of the audit trail", apply: chainAudit),
        Migration("11 endings of stops", endingsOfStops),
        Migration("12 incidents", incidents),
    ]

    /// - `intent`: one row allows one POST.
    /// - `outcome`: what became of that POST.
    /// - `ending`: how the attempt ended.
    ///
    /// The primary keys allow one outcome and one ending for each intent, the foreign keys none
    /// without an intent. The first trigger is the last line of defence against a double restart:
    /// it refuses an intent while the one before has no ending. The others keep the past as it
    /// was.
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

    /// A stop ends when the graph is stopped. Constraints of a table cannot be changed in place.
    private static let endingsOfStops = """
        DROP TRIGGER intent_after_the_end_of_the_one_before;
        CREATE TABLE ending_new (
            intent_id TEXT NOT NULL PRIMARY KEY REFERENCES intent (id) ON DELETE CASCADE,
            outcome TEXT NOT NULL CHECK (
                outcome IN
                ('verified', 'notRecovered', 'stalled', 'refused', 'probablyNotLanded', 'notSent',
                 'unauthorised', 'throttled', 'stopped')),
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO ending_new SELECT intent_id, outcome, at FROM ending;
        DROP TABLE ending;
        ALTER TABLE ending_new RENAME TO ending;
        CREATE TRIGGER intent_after_the_end_of_the_one_before BEFORE INSERT ON intent
        WHEN EXISTS (
            SELECT 1 FROM intent AS before
            WHERE before.graph_id = new.graph_id
                AND (before.attempt >= new.attempt
                    OR NOT EXISTS (SELECT 1 FROM ending WHERE intent_id = before.id)))
        BEGIN
            SELECT raise(ABORT, 'the attempt before has not ended, or was a later one');
        END;
        CREATE TRIGGER ending_stays BEFORE UPDATE ON ending
        BEGIN SELECT raise(ABORT, 'an ending is never changed'); END;
        """

    /// - `graph_state`: a `GraphRecord`, with the schema version that it was written for.
    /// - `pause`: all pauses, in order, replaced as a whole.
    /// - `alert_state`: what the rule engine wants to know after a start, by its own keys.
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

    /// Append-only. `AUTOINCREMENT` never uses a number twice, so that a page can begin where the
    /// last one ended even after old lines were removed.
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

    /// A single row, replaced with every write of the clocks.
    private static let clock = """
        CREATE TABLE clock (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            boot_id TEXT NOT NULL,
            elapsed INTEGER NOT NULL,
            wall INTEGER NOT NULL,
            earliest INTEGER
        ) STRICT;
        """

    /// Since when each graph has had the status that was last listed.
    private static let graphStatuses = """
        CREATE TABLE graph_status (
            graph_id TEXT NOT NULL PRIMARY KEY CHECK (graph_id <> ''),
            code TEXT NOT NULL,
            since INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// A single row: how often the agent has started, and how many starts in a row ended before
    /// the start-up grace.
    private static let starts = """
        CREATE TABLE start (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            total INTEGER NOT NULL CHECK (total >= 0),
            early INTEGER NOT NULL CHECK (early >= 0)
        ) STRICT;
        """

    /// Orders of persons with their answers. The same order given again gets the same answer.
    private static let answers = """
        CREATE TABLE order_answer (
            id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
            at INTEGER NOT NULL,
            json TEXT NOT NULL CHECK (json_valid(json))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX order_answer_by_time ON order_answer (at, id);
        """

    /// What diagnosis knows of each graph.
    private static let graphMemories = """
        CREATE TABLE graph_memory (
            graph_id TEXT NOT NULL PRIMARY KEY CHECK (graph_id <> ''),
            json TEXT NOT NULL CHECK (json_valid(json))
        ) STRICT, WITHOUT ROWID;
        """

    /// - `incident`: an `IncidentRecord`; open while it has no end. `sealed_by` is the line of the
    ///   audit trail that has its hash. `bytes` is about what it occupies with its time line.
    /// - `incident_event`: its time line.
    /// - `incident_task`: what its restarts killed.
    /// - `incidents_removed`: up to which line of the audit trail incidents were removed for room.
    private static let incidents = """
        CREATE TABLE incident (
            id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
            graph_id TEXT NOT NULL CHECK (graph_id <> ''),
            opened_at INTEGER NOT NULL,
            ended_at INTEGER,
            outcome TEXT,
            sealed_by INTEGER UNIQUE,
            bytes INTEGER NOT NULL,
            json TEXT NOT NULL CHECK (json_valid(json)),
            CHECK (sealed_by IS NULL OR ended_at IS NOT NULL)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX incident_size ON incident (sealed_by, bytes);
        CREATE INDEX incident_by_time ON incident (opened_at, id);
        CREATE INDEX incident_by_graph ON incident (graph_id, opened_at, id);
        CREATE INDEX incident_open ON incident (ended_at);

        CREATE TABLE incident_event (
            incident_id TEXT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
            position INTEGER NOT NULL CHECK (position > 0),
            at INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind <> ''),
            text TEXT NOT NULL,
            PRIMARY KEY (incident_id, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE incident_task (
            incident_id TEXT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
            task_id TEXT NOT NULL,
            json TEXT NOT NULL CHECK (json_valid(json)),
            PRIMARY KEY (incident_id, task_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE incidents_removed (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            through INTEGER NOT NULL
        ) STRICT;
        """

    /// Alerts that other programs sent. The same fingerprint with another start is another alert.
    private static let receivedAlerts = """
        CREATE TABLE received_alert (
            fingerprint TEXT NOT NULL CHECK (fingerprint <> ''),
            starts_at INTEGER NOT NULL,
            json TEXT NOT NULL CHECK (json_valid(json)),
            PRIMARY KEY (fingerprint, starts_at)
        ) STRICT, WITHOUT ROWID;
        """
}
