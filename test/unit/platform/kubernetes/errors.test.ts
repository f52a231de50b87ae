import { describe, expect, test } from 'vitest';
import { translateAnswer, translateSilence } from '../../../../src/platform/kubernetes/cluster/errors.ts';

const answer = (status: number, message = '', reason = 'Reason', causes: { field?: string; message?: string }[] = []) =>
  translateAnswer('Making Job backup-orders', { status, reason, message, causes });

describe('a refusal of the API server', () => {
  test.each([
    [
      'a missing right, with the verb and where to add it',
      'jobs.batch is forbidden: User "system:serviceaccount:toygres-system:toygres" cannot create resource "jobs" in API group "batch" in the namespace "toygres-managed"',
      /system:serviceaccount:toygres-system:toygres may not create jobs of batch in namespace toygres-managed: add the verb create/,
    ],
    [
      'a quota, with what it allows',
      'persistentvolumeclaims "x" is forbidden: exceeded quota: storage, requested: requests.storage=20Gi, used: requests.storage=10Gi, limited: requests.storage=25Gi',
      /quota of the namespace .*limited: requests\.storage=25Gi/,
    ],
    [
      'the Pod Security level',
      'violates PodSecurity "restricted:v1.34": privileged',
      /Pod Security level restricted:v1\.34.*privileged/,
    ],
    [
      'a LimitRange',
      'persistentvolumeclaims "x" is forbidden: maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi',
      /LimitRange .*5Gi/,
    ],
    [
      'a priority that the cluster does not have',
      'pods "x-0" is forbidden: no PriorityClass with name databases was found',
      /cluster has no PriorityClass databases\./,
    ],
    [
      'a namespace that goes',
      'unable to create new content in namespace x because it is being terminated',
      /namespace is being deleted/,
    ],
    [
      'a class that does not let volumes grow',
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      /allowVolumeExpansion/,
    ],
    ['anything else', 'secret text that quotes a password', /refused by the cluster's admission control/],
  ])('403 names %s', (_, message, words) => {
    const error = answer(403, message);
    expect(error.code).toBe('STEP_FAILED');
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('password');
  });

  test('401 says to renew the login, and trying again can help', () => {
    expect(answer(401)).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('credentials') });
  });

  test('404 tells a namespace that is missing from an object that is', () => {
    expect(answer(404, 'namespaces "x" not found').message).toContain('namespace does not exist');
    expect(answer(404, 'jobs.batch "x" not found').code).toBe('NOT_FOUND');
  });

  test('422 names fields and never the values in them', () => {
    const error = answer(422, 'whole body with hunter2', 'Invalid', [{ field: 'spec.template', message: 'hunter2' }]);
    expect(error.message).toContain('spec.template');
    expect(JSON.stringify([error.message, String(error.cause)])).not.toContain('hunter2');
  });

  test.each([408, 409, 429, 500, 503, 504])('%d may pass', (status) => {
    expect(answer(status).code).toBe('UNAVAILABLE');
  });

  test('silence says which server, and not what was sent', () => {
    const cause = Object.assign(new Error('connect with token hunter2'), { code: 'ECONNREFUSED' });
    const error = translateSilence('https://cluster:6443', Object.assign(new Error('fetch'), { cause }));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(/cluster:6443.*ECONNREFUSED/) });
    expect(JSON.stringify([error.message, String(error.cause)])).not.toContain('hunter2');
  });
});
