import SQLite
import JSON

/// Why the ledger cannot be used, where it is, and what to do about it.
package struct LedgerError: Error, Hashable, Sendable {
    package let cause: Cause
    package let path: String

    package enum Cause: Hashable, Sendable {
        /// The disk, the quota, or the ledger's own limit is full.
        case full
        /// By another agent, with its process id if that could be read, or by another program.
        case locked(processID: Int32?)
        case corrupt(String)
        case readOnly(String)
        /// Written by a newer version of the agent.
        case newerSchema(String)
        /// The file is a database of another program.
        case foreign
        case cannotOpen(String)
        /// The file to write a backup to.
        case exists
        /// Someone removed or replaced the file while it was in use.
        case replaced
        /// Written by a version that did not chain the audit trail.
        case unchained
        /// The ledger that agents share refused the write or did not answer.
        case unshared(String)
        /// Reading or writing failed below SQLite.
        case inputOutput(String)
        /// The schema refused what was to be written: a bug of the program.
        case rejected(String)
        case other(String)
    }

    package init(cause: Cause, path: String) {
        self.cause = cause
        self.path = path
    }
}

extension LedgerError: CustomStringConvertible {
    /// What is wrong and what to do, in one line for the log and `/-/ready`.
    package var description: String {
        "the ledger \(path) \(cause.problem); \(cause.remedy)"
    }
}

extension LedgerError.Cause {
    fileprivate var problem: String {
        switch self {
        case .full: "is full"
        case .locked(let processID?): "is in use by process \(processID)"
        case .locked(.none): "is locked by another program"
        case .corrupt(let text): "is damaged: \(text)"
        case .readOnly(let text): "cannot be written: \(text)"
        case .newerSchema(let text): "was written by a newer version: \(text)"
        case .foreign: "is a database of another program"
        case .cannotOpen(let text): "cannot be opened: \(text)"
        case .exists: "exists already"
        case .replaced: "was removed or replaced while in use"
        case .unchained: "was written by a version that did not chain its audit trail"
        case .unshared(let text): "was not written: \(text)"
        case .inputOutput(let text): "cannot be read or written: \(text)"
        case .rejected(let text): "refused what was to be written: \(text)"
        case .other(let text): "failed: \(text)"
        }
    }

    /// The part after the semicolon: what a person can do.
    fileprivate var remedy: String {
        switch self {
        case .full: "free space on its file system or prune its history"
        case .locked(.some): "stop that agent, or give this one a folder of its own"
        case .locked(.none): "end the program that has it open"
        case .corrupt: "put a backup in its place, or move it away to begin without history"
        case .readOnly: "make the file and its folder writable for the user of the agent"
        case .newerSchema: "run that version again, or a newer one"
        case .foreign: "give the agent a folder of its own"
        case .cannotOpen: "check that the folder exists and belongs to the user of the agent"
        case .replaced: "put it back, or start the agent again to go on with what is there"
        case .unchained: "start this version of the agent once, which chains it"
        case .exists: "choose another name; a backup replaces no file"
        case .unshared: "the agent reads it again and decides anew; see graphwarden_leader"
        case .inputOutput: "check the disk"
        case .rejected: "this is a bug of the agent; please report it"
        case .other: "see the message of SQLite"
        }
    }
}

extension LedgerError {
    /// From what SQLite, JSON or this module threw. The text never contains values that were bound
    /// to a statement.
    init(_ error: any Error, at path: String) {
        self.path = path
        switch error {
        case let error as LedgerError: cause = error.cause
        case let error as DatabaseError: cause = Cause(error)
        case let error as RowError: cause = .corrupt(error.description)
        case let error as UnreadableRow: cause = .corrupt(error.description)
        case let error as JSONError: cause = .rejected("\(error)")
        default: cause = .other("\(error)")
        }
    }
}

extension LedgerError.Cause {
    fileprivate init(_ error: DatabaseError) {
        let text = error.message
        switch error.code {
        case DatabaseError.full: self = .full
        case DatabaseError.busy, DatabaseError.locked: self = .locked(processID: nil)
        case DatabaseError.corrupt, DatabaseError.notADatabase: self = .corrupt(text)
        case DatabaseError.readOnly, DatabaseError.permission, DatabaseError.authorization:
            self = .readOnly(text)
        case DatabaseError.cannotOpen: self = .cannotOpen(text)
        case DatabaseError.inputOutput: self = .inputOutput(text)
        case DatabaseError.constraint: self = .rejected(text)
        default: self = .other(text)
        }
    }
}

/// A row that this version cannot read.
struct UnreadableRow: Error, CustomStringConvertible {
    let table: String
    let key: String
    let problem: String

    var description: String { "the row \"\(key)\" of \(table) cannot be read: \(problem)" }
}
