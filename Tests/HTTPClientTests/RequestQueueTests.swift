import Testing

@testable import HTTPClient

@Suite struct RequestQueueTests {
    private let a = Origin(scheme: "https", host: "a", port: 443)
    private let b = Origin(scheme: "https", host: "b", port: 443)
    private let now = ContinuousClock.now

    private func queue(perOrigin: Int = 2, inFlight: Int = 3, waiting: Int = 10) -> RequestQueue {
        RequestQueue(
            maximumPerOrigin: perOrigin,
            maximumInFlight: inFlight,
            maximumWaiting: waiting
        )
    }

    @Test("requests are served in order, within the limits per host and in total")
    func order() {
        var queue = queue()
        for (id, origin) in [(1, a), (2, a), (3, a), (4, b), (5, b)] as [(UInt64, Origin)] {
            #expect(queue.enqueue(id, origin: origin, deadline: now + .seconds(1)) == true)
        }
        #expect(queue.admit() == [1, 2, 4])
        #expect(queue.admit() == [])
        queue.finish(4)
        #expect(queue.admit() == [5])
        queue.finish(1)
        #expect(queue.admit() == [3])
        #expect(queue.inFlightCount == 3)
        #expect(queue.waitingCount == 0)
    }

    @Test("finishing twice, or finishing what never started, frees nothing")
    func finishing() {
        var queue = queue(perOrigin: 1, inFlight: 1)
        _ = queue.enqueue(1, origin: a, deadline: now)
        _ = queue.enqueue(2, origin: a, deadline: now)
        _ = queue.enqueue(3, origin: a, deadline: now)
        #expect(queue.admit() == [1])
        queue.finish(99)
        queue.finish(1)
        queue.finish(1)
        #expect(queue.admit() == [2])
        #expect(queue.admit() == [])
    }

    @Test("only late requests are removed, and the next deadline is the earliest")
    func deadlines() {
        var queue = queue()
        _ = queue.enqueue(1, origin: a, deadline: now + .seconds(5))
        _ = queue.enqueue(2, origin: a, deadline: now + .seconds(1))
        _ = queue.enqueue(3, origin: a, deadline: now + .seconds(3))
        #expect(queue.nextDeadline == now + .seconds(1))
        #expect(queue.removeExpired(at: now) == [])
        #expect(queue.removeExpired(at: now + .seconds(3)) == [2, 3])
        #expect(queue.nextDeadline == now + .seconds(5))
    }

    @Test("a full queue refuses a request, unless it could start at once")
    func fullQueue() {
        var queue = queue(perOrigin: 1, inFlight: 2, waiting: 1)
        for id: UInt64 in 1...3 {
            #expect(queue.enqueue(id, origin: a, deadline: now) == true)
        }
        #expect(queue.enqueue(4, origin: a, deadline: now) == false)
        #expect(queue.admit() == [1])
        #expect(queue.enqueue(5, origin: b, deadline: now) == false)
        queue.finish(1)
        #expect(queue.admit() == [2])
        #expect(queue.enqueue(6, origin: b, deadline: now) == true)
        #expect(queue.admit() == [6])
        #expect(queue.enqueue(7, origin: b, deadline: now) == false)
    }

    @Test("cancelling reports where the request was")
    func cancelling() {
        var queue = queue(perOrigin: 1)
        _ = queue.enqueue(1, origin: a, deadline: now)
        _ = queue.enqueue(2, origin: a, deadline: now)
        _ = queue.admit()
        #expect(queue.cancel(1) == .inFlight)
        #expect(queue.cancel(2) == .removedFromQueue)
        #expect(queue.cancel(2) == .unknown)
        queue.finish(1)
        #expect(queue.cancel(1) == .unknown)
        #expect(queue.removeWaiting() == [])
    }
}
