import Testing

@testable import Listener

@Test(
    "a full bucket allows the burst at once and then one per interval, never more than the burst"
)
func tokenBucket() {
    var bucket = TokenBucket(RateLimit(interval: .milliseconds(100), burst: 3), at: .zero)
    let times = [0, 0, 0, 0, 50, 100, 101, 190, 200, 10_000, 10_000, 10_000, 10_000]
    let taken = times.map { bucket.take(at: .milliseconds($0)) }
    #expect(
        taken == [
            true, true, true, false, false, true, false, false, true, true, true, true, false,
        ]
    )
}
