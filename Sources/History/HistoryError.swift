import SQLite

/// Why the file cannot be used.
package struct HistoryError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Cause: Hashable, Sendable {
        /// The disk or the quota.
        case full
        /// So few bytes are free that what is left belongs to the ledger.
        case reserved(freeBytes: Int)
        case locked
        /// It has taken nothing for so long, and says nothing either.
        case hanging(Duration)
        case corrupt(String)
        case foreign
        case older(version: Int)
        /// Of a newer version of the agent, which may come back.
        case newer(version: Int)
        /// The system refuses to open or to write it.
        case unusable(String)
        case other(String)
    }

    package let cause: Cause
    package let path: String

    package init(_ cause: Cause, _ path: String) {
        self.cause = cause
        self.path = path
    }

    init(_ error: any Error, _ path: String) {
        self.path = path
        switch error {
        case let error as HistoryError: cause = error.cause
        case let error as DatabaseError: cause = Cause(error)
        case let error as RowError: cause = .corrupt(error.description)
        default: cause = .other("\(error)")
        }
    }

    /// Whether nobody will ever read the file: it is moved aside. Everything else may pass, and a
    /// good file must not be lost by it.
    package var isLasting: Bool {
        switch cause {
        case .corrupt, .foreign, .older: true
        case .full, .reserved, .locked, .hanging, .newer, .unusable, .other: false
        }
    }

    /// Whether space is what the file lacks.
    var isFull: Bool {
        switch cause {
        case .full, .reserved: true
        default: false
        }
    }

    package var description: String { "\(path) \(problem)" }

    private var problem: String {
        switch cause {
        case .full: "cannot grow: the disk or the quota is full"
        case .reserved(let free):
            "cannot grow: only \(free >> 20) MiB are free on its file system, which are left to"
                + " the ledger"
        case .locked: "is locked by another program"
        case .hanging(let time): "has taken nothing for \(time.components.seconds) s"
        case .corrupt(let text): "is damaged: \(text)"
        case .foreign: "is a database of another program"
        case .older(let version): "has the format \(version) of an older version of the agent"
        case .newer(let version):
            "has the format \(version) of a newer version of the agent, and is left as it is"
        case .unusable(let text): "cannot be opened or written: \(text)"
        case .other(let text): "failed: \(text)"
        }
    }
}

extension HistoryError.Cause {
    fileprivate init(_ error: DatabaseError) {
        switch error.code {
        case DatabaseError.full: self = .full
        case DatabaseError.busy, DatabaseError.locked: self = .locked
        case DatabaseError.corrupt, DatabaseError.notADatabase: self = .corrupt(error.message)
        case DatabaseError.readOnly, DatabaseError.permission, DatabaseError.authorization,
            DatabaseError.cannotOpen, DatabaseError.inputOutput:
            self = .unusable(error.message)
        default: self = .other(error.description)
        }
    }
}
