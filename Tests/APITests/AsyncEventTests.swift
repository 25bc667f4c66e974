import Testing

@testable import API

@Suite("An event")
struct AsyncEventTests {
    @Test("stays set until it is cleared")
    func stays() async {
        let event = AsyncEvent()
        event.set()
        event.set()
        await event.wait()
        #expect(event.isSet)
        event.clear()
        #expect(!event.isSet)
        #expect(await event.race { 1 } == 1)
    }

    @Test("that is set prevents a racing operation from starting")
    func race() async {
        let (event, begun) = (AsyncEvent(), AsyncEvent())
        event.set()
        #expect(await event.race { begun.set() } == nil)
        #expect(!begun.isSet)
    }
}
