import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Listener

/// "secret" at costs 4 and 6.
private let cheapHash = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
private let dearHash = PasswordHash.crypt(
    Array("secret".utf8),
    setting: BcryptHash.setting(cost: 6)
)

private func authenticator() throws -> Authenticator {
    var configuration = AuthenticationConfiguration()
    configuration.basicUsers = ["cheap": cheapHash, "dear": try #require(dearHash)]
    return try Authenticator(configuration)
}

private func check(_ name: String, _ password: String) throws -> PasswordCheck {
    let text = Data("\(name):\(password)".utf8).base64EncodedString()
    guard case .password(let check) = try authenticator().credentials(in: ["Basic " + text]) else {
        throw Unexpected()
    }
    return check
}

private struct Unexpected: Error {}

@Test("the hashes for a wrong password add up to the same cost for every name")
func costsAreEqual() throws {
    for name in ["cheap", "dear", "unknown"] {
        let check = try check(name, "wrong")
        var total = 1 << check.hash.cost
        for cost in check.hash.cost..<check.highestCost { total += 1 << cost }
        #expect(total == 64, "\(name)")
        #expect(!check.run())
        // Every padding is a hash that libcrypt really computes.
        for cost in check.hash.cost..<check.highestCost {
            let setting = BcryptHash.setting(cost: cost)
            #expect(
                PasswordHash.crypt(check.password, setting: setting)?.hasPrefix(setting) == true
            )
        }
    }
    #expect(try check("cheap", "secret").run())
    #expect(try check("dear", "secret").run())
    #expect(try !check("unknown", "secret").run())
}

@Test("answers are remembered for the same name, password and hash only")
func memory() throws {
    let memory = PasswordMemory()
    let right = try check("cheap", "secret")
    let wrong = try check("cheap", "wrong")
    #expect(memory.answer(to: right) == nil)
    memory.remember(right, isRight: true)
    memory.remember(wrong, isRight: false)
    #expect(memory.answer(to: right) == true)
    #expect(memory.answer(to: wrong) == false)
    #expect(memory.answer(to: try check("dear", "secret")) == nil)
    #expect(memory.answer(to: try check("unknown", "wrong")) == nil)
    var changed = AuthenticationConfiguration()
    changed.basicUsers = ["cheap": try #require(dearHash)]
    let text = Data("cheap:secret".utf8).base64EncodedString()
    guard case .password(let other) = try Authenticator(changed).credentials(in: ["Basic " + text])
    else { throw Unexpected() }
    #expect(memory.answer(to: other) == nil)
}

@Test("the memory of wrong passwords is bounded and keeps the newest")
func memoryIsBounded() throws {
    let memory = PasswordMemory()
    for number in 0..<5000 { memory.remember(try check("cheap", "\(number)"), isRight: false) }
    #expect(memory.answer(to: try check("cheap", "0")) == nil)
    #expect(memory.answer(to: try check("cheap", "4999")) == false)
}

@Test("passwords are answered, and those of clients that left are neither checked nor counted")
func queue() async throws {
    let memory = PasswordMemory()
    let queue = PasswordQueue(memory: memory, maximumWaiting: 100, maximumPerNetwork: 100)
    let answers = Mutex<[String: PasswordQueue.Answer]>([:])
    let departures = (0..<20).map { _ in Completion() }
    for number in 0..<20 {
        let check = try check(number == 7 ? "cheap" : "dear", number == 7 ? "secret" : "\(number)")
        queue.submit(check, from: "a", departure: departures[number]) { answer in
            answers.withLock { $0["\(number)"] = answer }
        }
    }
    // The first may have been checked already.
    for number in 10..<20 {
        departures[number].complete()
        queue.withdraw(from: "a", departure: departures[number])
    }
    try await eventually("those that stayed are answered") {
        answers.withLock { answers in (0..<10).allSatisfy { answers["\($0)"] != nil } }
    }
    #expect(queue.count == 0)
    for number in 0..<10 {
        #expect(answers.withLock { $0["\(number)"] } == (number == 7 ? .right : .wrong))
    }
}
