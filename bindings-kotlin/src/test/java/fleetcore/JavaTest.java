package fleetcore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fleetcore.blocking.Console;
import fleetcore.blocking.Fleet;
import fleetcore.blocking.ProductConsole;
import fleetcore.shapes.Change;
import fleetcore.shapes.Connected;
import fleetcore.shapes.Decision;
import fleetcore.shapes.Destination;
import fleetcore.shapes.FailureKind;
import fleetcore.shapes.NewEvent;
import fleetcore.shapes.Product;
import fleetcore.shapes.Published;
import fleetcore.shapes.ReleaseChange;
import fleetcore.shapes.Report;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A program in Java: no coroutines, no numbers that Java lacks, no names that Java cannot write. */
class JavaTest {
    private static final Instant NOON = Instant.parse("2016-03-08T12:00:00Z");
    private static final String BENCH = "55ff6d04498b49a1b2c3d4e5";

    private static byte[] ids(int count) {
        StringBuilder list = new StringBuilder();
        for (int number = 1; number <= count; number++) list.append(String.format("aa%022x%n", number));
        return list.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aFleetHasItsFirstDay() throws Exception {
        try (Fleet fleet = Fleet.open("memory:")) {
            long alice = fleet.operator().createAccount("alice@example.com").getId();
            Console console = fleet.console(alice, NOON);
            Product product = console.createProduct("Thermostat", "photon");
            ProductConsole thermostat = console.product(product.getId());
            assertEquals(1, thermostat.importDevices(BENCH.getBytes(StandardCharsets.UTF_8)).getCounts().getImported());
            Connected connected = fleet.gateway(NOON).connect(new Report(BENCH, product.getId(), 1));
            Decision.UpToDate answer = assertInstanceOf(Decision.UpToDate.class, connected.getAnswer());
            assertEquals("R-TGT-1 no release", answer.getUpToDate().getCites());
            assertEquals(1, thermostat.summary().getVersions().get(0).getVersion());
            thermostat.subscribe(Destination.LiveStream.INSTANCE);
            EventStream stream = thermostat.eventStream();
            Published published = fleet.gateway(NOON).publish(new NewEvent(BENCH, "boot", product.getId()));
            assertEquals(product.getId(), assertInstanceOf(Published.Logged.class, published).getLogged().getProduct());
            assertTrue(console.awaitEvents(stream, Duration.ofSeconds(10)));
            assertEquals("boot", console.readEventStream(stream).getItems().get(0).getName());
            assertEquals(1, thermostat.devices(new fleetcore.shapes.DeviceFilter()).getItems().size());
        }
    }

    @Test
    void whatCannotBeDoneIsAnExceptionWithACode() throws Exception {
        try (Fleet fleet = Fleet.open("memory:")) {
            FleetException refused = assertThrows(FleetException.class, () -> fleet.operator().product(95).get());
            assertEquals(FailureCode.NOT_FOUND, refused.getCode());
            assertFalse(refused.isTransient());
            assertEquals("product", assertInstanceOf(FailureKind.NotFound.class, refused.getKind()).getNotFound().getWhat());
        }
    }

    /** A variant carries one record, and the constants of codes are for a `switch`. */
    @Test
    void aSwitchNamesCasesAndCodes() {
        Change change = new Change.Release(new ReleaseChange(2L));
        assertEquals(2L, ((Change.Release) change).getRelease().getVersion());
        assertEquals(new ReleaseChange((Long) null), new ReleaseChange());
        String code = "not_found";
        boolean missing = switch (code) {
            case FailureCode.NOT_FOUND -> true;
            default -> false;
        };
        assertTrue(missing);
    }

    @Test
    void aWatchedImportTellsHowFarItIsAndThrowsWhatItsWatcherDoes() throws Exception {
        try (Fleet fleet = Fleet.open("memory:")) {
            long alice = fleet.operator().createAccount("alice@example.com").getId();
            Console console = fleet.console(alice);
            long product = console.createProduct("Thermostat", "photon").getId();
            fleet.operator().product(product).setTier("Enterprise");
            List<Long> counts = new ArrayList<>();
            console.product(product).importWatched(ids(9_000), progress -> counts.add(progress.getAdded()));
            assertEquals(9_000L, counts.get(counts.size() - 1));
            IllegalStateException own = new IllegalStateException("mine");
            long other = console.createProduct("Boiler", "photon").getId();
            IllegalStateException thrown = assertThrows(IllegalStateException.class, () ->
                console.product(other).importWatched("bb0000000000000000000001".getBytes(StandardCharsets.UTF_8), progress -> { throw own; }));
            assertEquals("mine", thrown.getMessage());
            assertEquals(1, console.product(other).summary().getDevices());
        }
    }

    @Test
    void anInterruptedThreadStopsItsImport() throws Exception {
        try (Fleet fleet = Fleet.open("memory:")) {
            long alice = fleet.operator().createAccount("alice@example.com").getId();
            Console console = fleet.console(alice);
            long product = console.createProduct("Thermostat", "photon").getId();
            fleet.operator().product(product).setTier("Enterprise");
            List<Throwable> thrown = new ArrayList<>();
            CountDownLatch begun = new CountDownLatch(1);
            Thread importing = new Thread(() -> {
                try {
                    console.product(product).importWatched(ids(200_000), progress -> begun.countDown());
                } catch (Throwable own) {
                    thrown.add(own);
                }
            });
            importing.start();
            begun.await();
            importing.interrupt();
            importing.join();
            assertInstanceOf(InterruptedException.class, thrown.get(0));
            assertTrue(console.product(product).summary().getDevices() < 200_000);
        }
    }

    /**
     * Java cannot write a name with a hyphen. Kotlin puts one in the name of a method that takes or returns an unsigned
     * number.
     */
    @Test
    void everyNameCanBeWritten() throws Exception {
        List<Class<?>> seen = List.of(
            Fleet.class, Console.class, ProductConsole.class, fleetcore.blocking.Portal.class, fleetcore.blocking.Gateway.class,
            fleetcore.blocking.Clock.class, fleetcore.blocking.Meter.class, RowStore.class, StoreFactory.class,
            StoreReopener.class, ImportWatcher.class, Report.class, NewEvent.class, Product.class, Connected.class,
            Decision.Held.class, fleetcore.shapes.Device.class, fleetcore.shapes.KeyRange.class, FleetOptions.class,
            fleetcore.ConsoleInterface.class, fleetcore.OpenFleetInterface.class, FailureKind.NotProven.class);
        for (Class<?> type : seen) {
            for (Method method : type.getDeclaredMethods()) {
                assertTrue(method.isSynthetic() || !method.getName().contains("-"), type + " " + method.getName());
            }
        }
        assertSame(long.class, Product.class.getMethod("getId").getReturnType());
    }
}
