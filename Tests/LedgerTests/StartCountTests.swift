import Diagnosis
import Foundation
import Ledger
import Remediation
import Testing
import Time

/// How often the agent has started, in a file and in memory alike.
@Suite("The ledger counts starts")
struct StartCountTests {
    private let folder = TemporaryFolder()

    @Test("across starts, and those in a row that did not last", arguments: Storage.allCases)
    func starts(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        for number in 1...3 {
            let count = try store.open().countStart()
            #expect(count == StartCount(total: number, early: number))
        }
        do {
            let ledger = try store.open()
            // A write that says nothing about the start changes nothing.
            try ledger.record(Machine.Changes(), isLastingStart: false)
            #expect(try ledger.countStart() == StartCount(total: 4, early: 4))
            try ledger.record(Machine.Changes(), isLastingStart: true)
        }
        #expect(try store.open().countStart() == StartCount(total: 5, early: 1))
        #expect(try store.open().countStart() == StartCount(total: 6, early: 2))
    }
}
