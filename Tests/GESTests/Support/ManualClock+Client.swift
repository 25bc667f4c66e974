import GES
import TestSupport

extension ManualClock {
    var clock: ClientClock {
        ClientClock(
            wall: { self.wall },
            elapsed: { self.elapsed },
            sleep: { self.sleep(for: $0) }
        )
    }
}
