# SPDX-License-Identifier: MIT
# What __init__.py imports when it is asked for, for type checkers.
__version__: str

from followfocus.errors import FileError as FileError
from followfocus.errors import FollowFocusError as FollowFocusError
from followfocus.errors import InfeasibleError as InfeasibleError
from followfocus.errors import JobError as JobError
from followfocus.errors import LineError as LineError
from followfocus.errors import NoUnitError as NoUnitError
from followfocus.errors import RequestError as RequestError
from followfocus.errors import UnitError as UnitError
from followfocus.errors import VersionError as VersionError
from followfocus.importers import read_clip as read_clip
from followfocus.lens.map import LensMap as LensMap
from followfocus.lens.map import LensMark as LensMark
from followfocus.lens.map import lens_names as lens_names
from followfocus.lens.map import load_lens as load_lens
from followfocus.lens.map import save_lens as save_lens
from followfocus.motion.pull import Leg as Leg
from followfocus.motion.pull import Mark as Mark
from followfocus.motion.pull import Pull as Pull
from followfocus.plan.plan import Conditions as Conditions
from followfocus.plan.plan import Plan as Plan
from followfocus.plan.plan import make_plan as make_plan
from followfocus.script import connect as connect
from followfocus.script import plan_pull as plan_pull
from followfocus.script import read_takes as read_takes
from followfocus.script import shoot_takes as shoot_takes
from followfocus.takes.log import TakeLog as TakeLog
from followfocus.takes.rows import TakeQuery as TakeQuery
from followfocus.takes.rows import TakeRow as TakeRow
from followfocus.takes.takes import Take as Take
from followfocus.takes.takes import Verdict as Verdict
from followfocus.unit.unit import FollowFocusUnit as FollowFocusUnit
