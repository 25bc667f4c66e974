import Foundation
import Listener
import Synchronization
import TestSupport
import Testing
import Threads

private func threadName() -> String {
    let text = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
    return String(text?.dropLast() ?? "")
}

private let nameOfThread: @Sendable (ServerRequest) async -> Reply = { _ in
    .response(.text(threadName()))
}

@Test("a handler runs on its route's pool, else on the server's, and an exempt one on the reserve")
func handlersRunOnTheirPools() async throws {
    var limits = HTTPServerConfiguration.patient
    limits.requestPool = ThreadPool(name: "requests", count: 1)
    limits.reservePool = ThreadPool(name: "reserve", count: 1)
    let queries = ThreadPool(name: "queries", count: 1)
    var exempt = Route("GET", "/exempt", nameOfThread)
    exempt.isExemptFromLimits = true
    let routes = [
        Route("GET", "/own", pool: queries, nameOfThread), Route("GET", "/other", nameOfThread),
        exempt,
    ]
    let names = try await withClient(of: routes, limits) { client in
        ["/own", "/other", "/exempt"].map { path in
            client.send(get(path))
            return client.response()?.text
        }
    }
    #expect(names == ["queries", "requests", "reserve"])
}

@Test("handlers that occupy every thread of the server leave the reserve free")
func reserveIsApart() async throws {
    var limits = HTTPServerConfiguration.patient
    limits.requestPool = ThreadPool(name: "requests", count: 1)
    limits.reservePool = ThreadPool(name: "reserve", count: 1)
    let isReleased = Mutex(false)
    let busy = Route("GET", "/busy") { _ in
        while !isReleased.withLock(\.self) { usleep(1000) }
        return .response(.text("done"))
    }
    var exempt = Route("GET", "/-/healthy") { _ in .response(.text("ok")) }
    exempt.isExemptFromLimits = true
    try await withServer([busy, exempt], limits) { server in
        let port = server.port
        try await onThread {
            let first = try RawClient(port: port)
            first.send(get("/busy"))
            let second = try RawClient(port: port)
            second.send(get("/-/healthy"))
            #expect(second.response()?.text == "ok")
            isReleased.withLock { $0 = true }
            #expect(first.response()?.text == "done")
        }
    }
}

@Test("a query whose client has left ends", arguments: [true, false])
func abandoned(closesWhole: Bool) async throws {
    let pool = ThreadPool(name: "queries", count: 1)
    let seen = Mutex((hasStarted: false, hasEnded: false))
    let query = Route("GET", "/query", pool: pool) { request in
        seen.withLock { $0.hasStarted = true }
        // The cancellation follows on another thread.
        while !request.isAbandoned || !Task.isCancelled { usleep(1000) }
        seen.withLock { $0.hasEnded = true }
        return .response(.text("late"))
    }
    try await withServer([query]) { server in
        let port = server.port
        let client = try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/query"))
            return client.detach()
        }
        try await eventually("the query runs") { seen.withLock(\.hasStarted) }
        try await onThread {
            let client = RawClient(client)
            if closesWhole { client.close() } else { client.finishSending() }
        }
        try await eventually("the query ends") { seen.withLock(\.hasEnded) }
        try await eventually("nothing is in flight") { server.statistics.requestsInFlight == 0 }
    }
}
