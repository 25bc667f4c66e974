import Configuration
import Cycle
import API

extension AgentLoop {
    /// Takes over a configuration that waits, between two steps. Returns whom to tell once it is in
    /// force; one that is refused is answered at once and changes nothing.
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

    /// What can fail comes first: a configuration that is refused leaves nothing behind.
    private mutating func adopt(
        _ loaded: LoadedConfiguration
    ) throws(StartError) -> CycleSettings {
        let settings = loaded.cycleSettings
        if let objection = cycle.objection(to: settings) { throw .client(objection) }
        let cloud = try connector.client(for: loaded.configuration)
        let looksElsewhere = cycle.settings.vantage != settings.vantage
        performer.reach(cloud, dataPlane: loaded.configuration.sampling.dataPlane)
        sampler.reach(cloud, loaded.configuration.sampling, looksElsewhere: looksElsewhere)
        intake.adopt(loaded.configuration.webhook)
        return settings
    }
}
