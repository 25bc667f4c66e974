import Testing

@testable import Listener

@Test("the counters of two servers add up, and the gauges stay")
func statisticsOfTwoServers() {
    let request = ListenerStatistics.Request(handler: "/", status: 200)
    var sum = ListenerStatistics()
    sum.requests = [request: 1]
    sum.openConnections = 3
    var other = ListenerStatistics()
    other.requests = [request: 2, .init(handler: "/", status: 503): 1]
    other.rejections = [.notFound: 4]
    other.evictions = [.placeNeeded: 5]
    other.openConnections = 9
    other.acceptErrors = 6
    var durations = ListenerStatistics.Durations()
    durations.counts[0] = 7
    durations.sumSeconds = 0.5
    sum.durations = ["/": durations]
    other.durations = ["/": durations]
    sum.addCounters(of: other)
    #expect(sum.requests == [request: 3, .init(handler: "/", status: 503): 1])
    #expect(sum.rejections == [.notFound: 4] && sum.evictions == [.placeNeeded: 5])
    #expect(sum.durations["/"]?.counts[0] == 14 && sum.durations["/"]?.sumSeconds == 1)
    #expect(sum.acceptErrors == 6 && sum.openConnections == 3)
}
