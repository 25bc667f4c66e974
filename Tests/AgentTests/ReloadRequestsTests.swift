@testable import Configuration
@testable import API
import GES
import StrictYAML
import Synchronization
import Testing

@testable import Agent

@Suite("Reload requests")
struct ReloadRequestsTests {
    @Test("that arrive together are served by one reload")
    func together() async {
        let requests = ReloadRequests()
        await withTaskGroup(of: ReloadOutcome.self) { group in
            for _ in 0..<5 { group.addTask { await requests.askAndWait() } }
            var waiters: [ReloadRequests.Waiter] = []
            while waiters.count < 5 {
                await requests.asked.wait()
                waiters += requests.take().waiters
            }
            for waiter in waiters { waiter.resume(returning: .done) }
            for await outcome in group { #expect(outcome == .done) }
        }
        requests.ask()
        requests.ask()
        #expect(requests.asked.isSet)
        #expect(requests.take().waiters.isEmpty)
        #expect(!requests.asked.isSet)
    }

    @Test("are told from reloads that nobody asked for, whenever they arrive")
    func requested() async {
        let requests = ReloadRequests()
        #expect(!requests.take().isRequested)
        requests.ask()
        #expect(requests.take().isRequested)
        #expect(!requests.take().isRequested)
        // Each is served once, by a reload that knows of it.
        let count = 10_000
        let served = Mutex(0)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { @Sendable in
                for number in 1...count {
                    requests.ask()
                    while served.withLock({ $0 }) < number { await Task.yield() }
                }
            }
            while served.withLock({ $0 }) < count {
                if requests.take().isRequested { served.withLock { $0 += 1 } }
                await Task.yield()
            }
            await group.waitForAll()
        }
        #expect(!requests.take().isRequested)
    }

    @Test("are also answered after the agent has stopped")
    func closed() async {
        let requests = ReloadRequests()
        async let early = requests.askAndWait()
        await requests.asked.wait()
        requests.close()
        #expect(await early == .stopping)
        #expect(await requests.askAndWait() == .stopping)
    }
}

@Suite("A configuration waiting for the cycle")
struct ConfigurationSlotTests {
    private static let elsewhere: Endpoint = {
        do { return try Endpoint("https://elsewhere.example") } catch {
            preconditionFailure("\(error)")
        }
    }()
    private static let loaded: LoadedConfiguration = {
        let text = """
            cloud: {region: cn-north-4, project_id: a, credentials: {metadata: {}}}
            """
        guard let value = ConfigurationReader.read(text, file: "a.yml").value else {
            preconditionFailure("the text is a configuration")
        }
        return LoadedConfiguration(
            configuration: value,
            ruleFiles: [],
            lookback: .zero,
            warnings: []
        )
    }()

    @Test("is taken once, and its sender receives the result")
    func taken() async {
        let slot = ConfigurationSlot()
        async let outcome = slot.offer(Self.loaded)
        await slot.filled.wait()
        #expect(await slot.offer(Self.loaded) == .failed("another reload is in progress"))
        slot.take()?.answer(.failed("no"))
        #expect(await outcome == .failed("no"))
        #expect(slot.take() == nil)
        #expect(!slot.filled.isSet)
    }

    @Test("is returned when there are no more cycles")
    func closed() async {
        let slot = ConfigurationSlot()
        async let outcome = slot.offer(Self.loaded)
        await slot.filled.wait()
        slot.close()
        #expect(await outcome == .stopping)
        #expect(await slot.offer(Self.loaded) == .stopping)
    }

    @Test("has another vantage if its cloud or the route to the graphs differs")
    func vantage() {
        let before = Self.loaded.configuration
        var after = before
        after.sampling.timeout = .seconds(1)
        after.cloud.credentials = .token(file: "t")
        #expect(after.vantage == before.vantage)
        #expect(
            CloudSession.Settings(after) != CloudSession.Settings(before)
        )
        after.cloud.endpoints.metadata = Self.elsewhere
        after.cloud.endpoints.ces = Self.elsewhere
        #expect(after.vantage == before.vantage)
    }

    @Test(
        "has another vantage with each setting that leads elsewhere",
        arguments: [
            { $0.sampling.dataPlane.port = 81 }, { $0.sampling.dataPlane.scheme = .https },
            { $0.sampling.dataPlane.address = .public }, { $0.cloud.projectID = "b" },
            { $0.cloud.region = "elsewhere" }, { $0.cloud.endpoints.ges = Self.elsewhere },
            { $0.cloud.endpoints.iam = Self.elsewhere },
        ] as [@Sendable (inout Configuration) -> Void]
    )
    func otherVantage(change: @Sendable (inout Configuration) -> Void) {
        var after = Self.loaded.configuration
        change(&after)
        #expect(after.vantage != Self.loaded.configuration.vantage)
    }
}
