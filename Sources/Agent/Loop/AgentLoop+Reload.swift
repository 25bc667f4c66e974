import API
import Configuration
import Cycle
import GES
import History

extension AgentLoop {
    /// Adopts a waiting configuration between two steps. Returns the offer, to be answered once the
    /// configuration is in force. A rejected offer is answered here and changes nothing.
    mutating func takeConfiguration(_ input: inout CycleInput) -> ConfigurationSlot.Offer? {
        guard let offer = slot.take() else { return nil }
        do throws(StartError) {
            input.settings = try adopt(offer.loaded)
            return offer
        } catch {
            offer.answer(.failed("\(error)"))
            return nil
        }
    }

    /// Everything that can fail comes first, so a rejected configuration has no effect.
    private mutating func adopt(
        _ loaded: LoadedConfiguration
    ) throws(StartError) -> CycleSettings {
        let settings = loaded.cycleSettings
        if let objection = cycle.objection(to: settings) { throw .client(objection) }
        guard loaded.configuration.sharedLedger == sharedLedger else {
            throw .client("ledger: a change of this section needs a restart of the agent")
        }
        let history = loaded.configuration.history
        guard history.isKept == keptHistory.isKept, history.source == keptHistory.source else {
            throw .client(
                "history: switching it on or off, and another source, need a restart of the agent"
            )
        }
        let cloud = try connector.client(for: loaded.configuration)
        try notifier?.adopt(loaded.configuration)
        try exporter?.adopt(loaded.configuration.otlp)
        let looksElsewhere = cycle.settings.vantage != settings.vantage
        performer.reach(
            cloud,
            dataPlane: loaded.configuration.sampling.dataPlane,
            policy: { settings.policy(for: ListedGraph($0)) }
        )
        sampler.reach(
            shard.map { ShardedSource(source: cloud, shard: $0) } ?? cloud,
            loaded.configuration.sampling,
            loaded.configuration.canaries,
            looksElsewhere: looksElsewhere
        )
        jobHistory.reach(cloud, looksElsewhere: looksElsewhere)
        if let terms = loaded.historyTerms { self.history?.adopt(terms) }
        cloudEye.reach(
            cloud,
            loaded.configuration.sampling.cloudEye,
            endpoint: "\(loaded.configuration.cloud.endpoints.ces)",
            looksElsewhere: looksElsewhere
        )
        nodeMetrics.reach(
            cloud,
            loaded.configuration.sampling,
            looksElsewhere: looksElsewhere
        )
        coordinator?.adopt(policyHash: loaded.policyHash)
        intake.adopt(loaded.configuration.webhook)
        credentialWatch = CredentialWatch(loaded.configuration.cloud.credentials)
        return settings
    }
}
