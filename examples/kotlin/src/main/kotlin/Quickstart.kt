/*
 * A fleet's first day in Kotlin: a messy list of devices, two firmwares, one of which is proven and released.
 *
 *     mvn compile exec:java -Dexec.args="FOLDER-OF-DATA [FOLDER-FOR-THE-DATABASE]"
 *
 * A few lines replace the sockets of a real host; the library makes every decision, and each is
 * printed with its rule (`R-…`). `examples/quickstart.rs` shows the full day.
 */
import fleetcore.Fleet
import fleetcore.FleetException
import fleetcore.ProductConsoleInterface
import fleetcore.allDevices
import fleetcore.allPendingNotices
import fleetcore.cites
import fleetcore.shapes.Change
import fleetcore.shapes.Decision
import fleetcore.shapes.DeviceFilter
import fleetcore.shapes.FailureKind
import fleetcore.shapes.Flash
import fleetcore.shapes.ImportVerdict
import fleetcore.shapes.ReleaseChange
import fleetcore.shapes.Report
import fleetcore.why
import java.io.File
import java.nio.file.Files
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneOffset
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/** A moment of 8 March 2016. A host leaves `now` out, which means the present. */
fun at(hour: Int, minute: Int = 0): Instant = LocalDate.of(2016, 3, 8).atTime(hour, minute).toInstant(ZoneOffset.UTC)

/** The story: a fleet, the account of its team, and its product. */
class Story(private val fleet: Fleet, private val data: File, private val alice: Long, private val product: Long) {
    private fun thermostat(now: Instant): ProductConsoleInterface = fleet.console(alice, now).product(product)

    suspend fun importDevices(): List<String> {
        println("\nImporting examples/data/devices.csv")
        val report = thermostat(at(9, 10)).`import`(File(data, "devices.csv").readBytes())
        val (good, others) = report.lines.partition { it.verdict == ImportVerdict.IMPORTED }
        others.forEach { println("  line ${it.line}  ${it.message}") }
        println("  ${report.counts.imported} imported, ${report.counts.refused} refused")
        return good.mapNotNull { it.device }
    }

    suspend fun upload() {
        println("\nUploading firmware")
        val thermostat = thermostat(at(9, 20))
        val (first, second) = (1..2).map { File(data, "photon_p94_v$it.bin").readBytes() }
        thermostat.upload(1, "First of all", binary = first)
        try {
            thermostat.upload(3, "Quieter at night", binary = second)
        } catch (refused: FleetException) {
            if (refused.kind != FailureKind.UploadRefused) throw refused
            println("  ${refused.code}: ${refused.message}")
        }
        val taken = thermostat.upload(2, "Quieter at night", binary = second)
        println("  accepted: version ${taken.version}, ${taken.image.size} bytes of ${taken.image.format}")
        try {
            thermostat.release(2)
        } catch (refused: FleetException) {
            val gate = (refused.kind as? FailureKind.NotProven)?.notProven ?: throw refused
            println("  cannot be released, runs on ${gate.running} of ${gate.needed}: ${refused.message}")
        }
    }

    suspend fun prove(bench: String) {
        println("\nProving version 2 on the test device")
        fleet.gateway(at(10)).connect(Report(bench, product, version = 1, platform = "photon"))
        println("  ${describe(thermostat(at(10, 30)).device(bench).lock(2, Flash.NOW))}")
        // Here the host sends the file. Only what the device reports on its next connect counts as success.
        val back = fleet.gateway(at(10, 32)).connect(Report(bench, product, version = 2))
        back.outcome?.let { println("  the update ${it.result}") }
    }

    suspend fun release() {
        val ways = thermostat(at(11)).dryRun(Change.Release(ReleaseChange(2))).byChange
        thermostat(at(11)).release(2)
        println("\nReleased version 2, which ${ways.total} more devices will be sent")
    }

    suspend fun connect(devices: List<String>) {
        println("\nThe fleet connects, and a stranger")
        val stranger = Report("330030000f47353136383631", product, version = 1)
        val reports = devices.map { Report(it, product, version = 1, platform = "photon") } + stranger
        val answers = fleet.gateway(at(12)).connectMany(reports)
        answers.groupingBy { describe(it.answer) }.eachCount().forEach { (what, often) -> println("  $often  $what") }
    }

    suspend fun count() {
        val summary = thermostat(at(18)).summary()
        println("\nThe day in numbers: ${summary.devices} devices, ${summary.online} online")
        thermostat(at(18)).allDevices(DeviceFilter(online = true, pending = false)).collect {
            println("  ${it.id} runs ${it.seen?.version ?: "?"}")
        }
        fleet.allPendingNotices().collect {
            println("  notice: ${it.subject::class.simpleName}")
            fleet.acknowledge(it.key)
        }
    }

    companion object {
        suspend fun begin(fleet: Fleet, data: File): Story {
            val host = fleet.operator(at(9))
            val alice = host.createAccount("alice@example.com")
            // The number is already compiled into the firmware, so it is given and not generated.
            val product = host.createProductWithId(94, alice.id, "Thermostat", "photon")
            return Story(fleet, data, alice.id, product.id)
        }
    }
}

/** Every kind of answer: the compiler reports a missing one. */
fun describe(decision: Decision): String = when (decision) {
    is Decision.Update ->
        "send ${decision.update.directive.version}, ${decision.update.directive.sha256.take(8)}… (${decision.cites})"
    is Decision.UpToDate, is Decision.Held -> decision.why
}

fun main(arguments: Array<String>) = runBlocking {
    val data = arguments.firstOrNull()?.let(::File)
    if (data == null) {
        println("name the folder of examples/data")
        exitProcess(2)
    }
    val folder = arguments.getOrNull(1) ?: Files.createTempDirectory("fleet-quickstart-").toString()
    try {
        Fleet.open("sqlite:$folder/fleet.db").use { fleet ->
            val story = Story.begin(fleet, data)
            val devices = story.importDevices()
            story.upload()
            story.prove(devices.first())
            story.release()
            story.connect(devices.drop(1))
            story.count()
        }
    } catch (failure: FleetException) {
        println("${failure.code}: ${failure.message}")
        exitProcess(1)
    }
}
