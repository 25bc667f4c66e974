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

@Test("an address waits for its own passwords, and a user not for unknown names")
func turns() async throws {
    let queue = PasswordQueue(memory: PasswordMemory(), maximumWaiting: 100)
    let order = Mutex<[String]>([])
    func submit(_ name: String, _ password: String, _ address: String) throws {
        let label = "\(address) \(name) \(password)"
        let isWaiting = queue.submit(
            try check(name, password),
            from: address,
            departure: Completion()
        ) { _ in order.withLock { $0.append(label) } }
        #expect(isWaiting)
    }
    // The first occupies the thread while the others queue up.
    for number in 0..<60 { try submit("unknown\(number)", "x", "a") }
    try submit("cheap", "secret", "a")
    try submit("dear", "secret", "b")
    try await eventually("all are answered") { order.withLock { $0.count } == 62 }
    let unknownAfterwards = order.withLock { order in
        order.count { _ in true } - 1 - (order.lastIndex { $0.contains("secret") } ?? 99)
    }
    // Each waits for one unknown name at most, whatever was put in before.
    #expect(unknownAfterwards > 0)
    #expect(queue.count == 0)
}

@Test("a client that shares its address with an attacker waits for one password")
func newestFirst() async throws {
    let queue = PasswordQueue(memory: PasswordMemory(), maximumWaiting: 200)
    let order = Mutex<[String]>([])
    func submit(_ password: String) throws {
        let isWaiting = queue.submit(
            try check("dear", password),
            from: "a",
            departure: Completion()
        ) { _ in order.withLock { $0.append(password) } }
        #expect(isWaiting)
    }
    for number in 0..<150 { try submit("wrong \(number)") }
    try submit("secret")
    let answeredBefore = order.withLock { $0.count }
    try await eventually("all are answered") { order.withLock { $0.count } == 151 }
    let position = try #require(order.withLock { $0.firstIndex(of: "secret") })
    #expect(position <= answeredBefore + 1)
}

@Test("passwords that wait are bounded, and those of clients that left cost nothing")
func queueIsBounded() async throws {
    let memory = PasswordMemory()
    let queue = PasswordQueue(memory: memory, maximumWaiting: 2)
    let answers = Mutex(0)
    let departed = Completion()
    departed.complete()
    let left = try check("dear", "left")
    var accepted = 0
    for number in 0..<50 {
        let isLeft = number == 0
        let isWaiting = queue.submit(
            isLeft ? left : try check("dear", "\(number)"),
            from: "a",
            departure: isLeft ? departed : Completion()
        ) { _ in answers.withLock { $0 += 1 } }
        accepted += isWaiting ? 1 : 0
    }
    let expected = accepted
    #expect(expected < 50)
    try await eventually("those accepted are answered") { answers.withLock(\.self) == expected }
    #expect(memory.answer(to: left) == nil)
}
