extension AgentService {
    /// Takes over a configuration that waits, between two cycles, and says what became of it.
    mutating func adoptWaitingConfiguration(_ nextPoll: inout Duration) {
        guard let offer = slot.take() else { return }
        do throws(StartError) {
            try adopt(offer.loaded, &nextPoll)
            offer.answer(.done)
        } catch {
            offer.answer(.failed("\(error)"))
        }
    }

    /// What can fail comes first: a configuration that is refused leaves nothing behind.
    private mutating func adopt(
        _ loaded: LoadedConfiguration,
        _ nextPoll: inout Duration
    ) throws(StartError) {
        if let objection = agent.objection(to: loaded) { throw .client(objection) }
        let settings = CloudSession.Settings(loaded.configuration)
        if settings != cloud.settings {
            cloud = try CloudSession(settings, metrics: metrics, clients: clients)
        }
        performer.reach(cloud.client, dataPlane: loaded.configuration.sampling.dataPlane)
        let wasLookingElsewhere = agent.configuration.vantage != loaded.configuration.vantage
        agent.adopt(loaded, at: clock.now())
        let now = clock.elapsed()
        nextPoll =
            wasLookingElsewhere ? now : min(nextPoll, now + loaded.configuration.sampling.interval)
    }
}
