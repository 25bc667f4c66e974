import Dispatch
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing
import Threads

private let processPriority = __priority_which_t(PRIO_PROCESS.rawValue)

private func threadName() -> String {
    let text = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    return String(text?.dropLast() ?? "")
}

private func processThreadNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap { thread in
        let name = try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
        return name.map { String($0.dropLast()) }
    }
}

@Test("a task with the pool as its preference and its children run on the pool's threads")
func tasksRunOnThePool() async {
    let pool = ThreadPool(name: "pool-test", count: 2)
    let names = await withTaskGroup(of: [String].self) { group in
        group.addTask(executorPreference: pool) {
            await Task.yield()
            async let child = threadName()
            return [threadName(), await child]
        }
        return await group.next() ?? []
    }
    #expect(names == ["pool-test", "pool-test"])
    #expect(await pool.run { threadName() } == "pool-test")
}

@Test("threads that block leave the concurrency pool free")
func blockedThreadsHarmNobody() async {
    let pool = ThreadPool(name: "blocked", count: 4)
    let gate = DispatchSemaphore(value: 0)
    let passed = Mutex(0)
    let blocking: @Sendable () -> Void = {
        gate.wait()
        passed.withLock { $0 += 1 }
    }
    await withTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
            group.addTask(executorPreference: pool) { blocking() }
        }
        // More than the machine has cores, none of which is held by the eight.
        let answers = await withTaskGroup(of: Int.self) { others in
            for number in 0..<100 { others.addTask { number } }
            return await others.reduce(0, +)
        }
        #expect(answers == 4950)
        #expect(passed.withLock(\.self) == 0)
        for _ in 0..<8 { gate.signal() }
    }
    #expect(passed.withLock(\.self) == 8)
}

@Test("jobs of a pool with one thread run in the order in which they were passed")
func orderIsKept() async {
    let pool = ThreadPool(name: "ordered", count: 1)
    let order = Mutex<[Int]>([])
    let note: @Sendable (Int) -> Void = { number in order.withLock { $0.append(number) } }
    await withTaskGroup(of: Void.self) { group in
        for number in 0..<1000 {
            group.addTask(executorPreference: pool) { note(number) }
        }
    }
    #expect(order.withLock(\.self) == Array(0..<1000))
}

@Test("only the pool's threads are niced")
func niceness() async {
    let before = getpriority(processPriority, 0)
    let pool = ThreadPool(name: "nice", count: 1, niceness: 5)
    #expect(await pool.run { getpriority(processPriority, 0) } == 5)
    #expect(getpriority(processPriority, 0) == before)
}

@Test("the threads end with the pool")
func threadsEnd() async throws {
    func running() throws -> Int {
        try processThreadNames().count { $0 == "ending-pool" }
    }
    do {
        let pool = ThreadPool(name: "ending-pool", count: 3)
        try await eventually("three threads run") { try running() == 3 }
        _ = pool
    }
    try await eventually("no thread is left") { try running() == 0 }
}
