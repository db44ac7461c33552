// The results of a grading in the form of each platform, held to the fields that its manual names; hidden checks tell nothing.
import Ajv from 'ajv';
import test from 'tape';
import { classroom, classroomOutput } from '../../course/formats/classroom.ts';
import { csv } from '../../course/formats/csv.ts';
import { exercism } from '../../course/formats/exercism.ts';
import { gradescope } from '../../course/formats/gradescope.ts';
import { prairielearn } from '../../course/formats/prairielearn.ts';
import type { CheckGrade, Grade } from '../../course/kit/grading.ts';

const text = { type: 'string' };
const number = { type: 'number' };
const closed = (properties: object, required: string[]) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const listOf = (items: object) => ({ type: 'array', items });
const visibility = { enum: ['hidden', 'after_due_date', 'after_published', 'visible'] };

/** Gradescope, "Autograder specifications": results.json. */
const gradescopeSchema = closed(
  {
    score: number,
    execution_time: number,
    output: text,
    output_format: { enum: ['text', 'html', 'simple_format', 'md', 'ansi'] },
    test_output_format: { enum: ['text', 'html', 'simple_format', 'md', 'ansi'] },
    visibility,
    stdout_visibility: visibility,
    extra_data: { type: 'object' },
    leaderboard: listOf(closed({ name: text, value: {}, order: text }, ['name', 'value'])),
    tests: listOf(
      closed(
        {
          score: number,
          max_score: number,
          status: { enum: ['passed', 'failed'] },
          name: text,
          name_format: text,
          number: text,
          output: text,
          output_format: { enum: ['text', 'html', 'simple_format', 'md', 'ansi'] },
          tags: listOf(text),
          visibility,
          extra_data: { type: 'object' },
        },
        [],
      ),
    ),
  },
  ['tests'],
);

/** GitHub Classroom's reporter: what a runner hands over. */
const status = { enum: ['pass', 'fail', 'error'] };
const classroomSchema = closed(
  {
    version: { const: 1 },
    status,
    max_score: number,
    tests: listOf(
      closed(
        {
          name: text,
          status,
          score: number,
          message: text,
          test_code: text,
          filename: text,
          line_no: number,
          duration: number,
        },
        ['name', 'status', 'score', 'message', 'test_code', 'filename', 'line_no', 'duration'],
      ),
    ),
  },
  ['version', 'status', 'max_score', 'tests'],
);

/** Exercism, "The test runner interface", version 3. */
const exercismSchema = closed(
  {
    version: { const: 3 },
    status,
    message: { type: ['string', 'null'] },
    tests: listOf(
      closed(
        {
          name: text,
          test_code: text,
          status,
          message: text,
          output: { type: 'string', maxLength: 500 },
          task_id: { type: 'integer', minimum: 1 },
        },
        ['name', 'test_code', 'status'],
      ),
    ),
  },
  ['version', 'status', 'tests'],
);

/** PrairieLearn, "External grading": results.json. */
const prairielearnSchema = closed(
  {
    score: { type: 'number', minimum: 0, maximum: 1 },
    gradable: { type: 'boolean' },
    format_errors: listOf(text),
    message: text,
    output: text,
    images: listOf(text),
    tests: listOf(
      closed(
        { name: text, description: text, points: number, max_points: number, message: text, output: text },
        ['name', 'max_points', 'points'],
      ),
    ),
  },
  ['score', 'gradable', 'tests'],
);

const SECRET = 'the secret of the hidden case';

function check(name: string, more: Partial<CheckGrade>): CheckGrade {
  return {
    name,
    title: `what ${name} holds`,
    weight: 1,
    status: 'passed',
    says: 'all is well',
    milliseconds: 12.5,
    cases: 3,
    isHidden: false,
    points: 2.5,
    score: 2.5,
    ...more,
  };
}

function gradeOf(checks: CheckGrade[], more: Partial<Grade> = {}): Grade {
  const score = checks.reduce((sum, each) => sum + each.score, 0);
  const common = { title: 'a task', sha256: 'ab', socket: 'cd', tolerance: 1e-9, dials: '', cases: 9 };
  return {
    student: 'ann',
    term: 't',
    seed: 1,
    score,
    points: 20,
    isGradable: true,
    problems: [],
    seconds: 1.25,
    tasks: [
      {
        ...common,
        task: '01-one',
        points: 10,
        score,
        status: 'graded',
        problem: '',
        file: '01-one.ts',
        checks,
      },
      {
        ...common,
        task: '02-two',
        points: 10,
        score: 0,
        status: 'graded',
        problem: '02-two.ts is missing',
        file: '',
        sha256: '',
        checks: [],
      },
    ],
    ...more,
  };
}

const failing = {
  status: 'failed',
  score: 0,
  says: SECRET,
  calls: [SECRET],
  got: SECRET,
  wanted: SECRET,
  printed: `${SECRET}\n${'x'.repeat(9000)}`,
} as const;
const mixed = gradeOf([
  check('a', {}),
  check('b', { ...failing, says: 'no' }),
  check('c', { isHidden: true }),
  check('d', { ...failing, isHidden: true }),
]);
const faulty = gradeOf([check('a', { status: 'error', score: 0, says: 'a fault of the course' })], {
  isGradable: false,
});
Object.assign(faulty.tasks[0]!, { status: 'error' });
const nothing: Grade = {
  ...mixed,
  problems: ['there is no file in it'],
  score: 0,
  tasks: mixed.tasks.map((task) => ({ ...task, file: '', score: 0, problem: 'missing', checks: [] })),
};

const schemas = {
  gradescope: gradescopeSchema,
  classroom: classroomSchema,
  exercism: exercismSchema,
  prairielearn: prairielearnSchema,
};
const formats = { gradescope, classroom, exercism, prairielearn };

test('each format has the fields of its platform, and no others', (t) => {
  const ajv = new Ajv.default({ allowUnionTypes: true });
  for (const [name, format] of Object.entries(formats)) {
    const validate = ajv.compile(schemas[name as keyof typeof schemas]);
    for (const [kind, grade] of Object.entries({ mixed, nothing, faulty })) {
      if (name === 'gradescope' && kind === 'faulty') continue; // nothing is written: see below
      const result = JSON.parse(JSON.stringify(format(grade)));
      t.ok(validate(result), `${name}, ${kind}: ${JSON.stringify(validate.errors)}`);
    }
    t.notOk(validate({ tests: [{ name: 3 }] }), `${name}: the schema refuses something`);
  }
  t.end();
});

test('points are partial, and a hidden check tells no more than that it is there', (t) => {
  t.equal(gradescope(mixed).score, 5);
  t.equal(
    gradescope(mixed).tests.reduce((sum, { score }) => sum + score, 0),
    5,
  );
  t.equal(
    classroom(mixed).tests.reduce((sum, { score }) => sum + score, 0),
    5,
  );
  t.equal(prairielearn(mixed).score, 0.25);
  t.equal(exercism(mixed).status, 'fail');
  const onlyHidden = gradeOf([check('a', {}), check('d', { ...failing, isHidden: true })]);
  for (const [name, format] of Object.entries(formats)) {
    const written = JSON.stringify(format(onlyHidden));
    t.notOk(written.includes(SECRET), `${name} keeps the hidden case to itself`);
    t.notOk(written.includes('what d holds'), `${name} keeps the hidden check's title`);
    t.ok(JSON.stringify(format(mixed)).includes(SECRET), `${name} shows a visible one`);
  }
  t.equal(gradescope(mixed).tests[3]!.visibility, 'after_published');
  const decoded = JSON.parse(Buffer.from(classroomOutput(classroom(mixed)), 'base64').toString('utf8'));
  t.deepEqual(decoded, JSON.parse(JSON.stringify(classroom(mixed))), 'base64 of JSON');
  t.end();
});

test('a fault of the grader is told as such and costs nobody points', (t) => {
  t.throws(
    () => gradescope(faulty),
    /the grader has a fault, and the submission keeps its points: 01-one: a fault of the course/,
  );
  t.equal(classroom(faulty).status, 'error');
  t.equal(exercism(faulty).status, 'error');
  t.equal(prairielearn(faulty).gradable, false);
  t.equal(prairielearn(nothing).gradable, false, 'nor does a submission that cannot be read');
  t.end();
});

test('a table has one row per student, quoted, and no cell that a spreadsheet would run', (t) => {
  const odd = { ...mixed, student: '=cmd()', problems: ['a "b", c'] };
  const rows = csv([mixed, odd, faulty]).split('\r\n');
  t.equal(rows[0], 'student,score,points,gradable,01-one,02-two,seconds,notes');
  t.equal(rows[1], 'ann,5,20,yes,5,0,1.25,02-two.ts is missing');
  t.equal(rows[2], '\'=cmd(),5,20,yes,5,0,1.25,"a ""b"", c; 02-two.ts is missing"');
  t.match(rows[3]!, /^ann,,20,no,,0,1\.25,/, 'no points are written after a fault');
  t.end();
});
